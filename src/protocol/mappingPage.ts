import type { MappingDraft, MappingPreview, MappingSubject } from './mapping.js';
import type { SettingsTopic } from './settings.js';

/** What the mapping assistant is about at the moment. */
export interface MappingState {
  /** Absolute path, and how it is shown: from the workspace's folder on. */
  readonly file: string;
  readonly shown: string;
  /** Null where the file cannot be mapped; `message` says why. */
  readonly subject: MappingSubject | null;
  readonly message: string | null;
  /** Where the mapping will be written, for people; null where that is asked for. */
  readonly target: string | null;
}

/** What became of an accepted mapping. */
export interface Accepted {
  /** The mapping file. */
  readonly file: string;
  /** How the predictions file is read now, in a sentence. */
  readonly message: string;
  /** False where it is still not read. */
  readonly isRead: boolean;
}

/** What the extension answers to the mapping assistant. */
export interface MappingHost {
  start(params: null): Promise<MappingState>;
  /** The first records under a mapping. Fails with a sentence where it is none, or does not fit. */
  preview(params: { draft: MappingDraft }, signal: AbortSignal): Promise<MappingPreview>;
  /** Writes the mapping and looks at the predictions again; null where the user thought better of it. */
  accept(params: { draft: MappingDraft }): Promise<Accepted | null>;
  /** Opens the mapping in an editor: as written, or what would be. */
  openJson(params: { draft: MappingDraft }): Promise<null>;
  /** Closes the panel. */
  cancel(params: null): Promise<null>;
  /** Opens VS Code's settings at those that concern this. */
  settings(params: { about: SettingsTopic }): Promise<null>;
}

export interface MappingEvents {
  /** The file, or what is known of it, is another: `reason` says what happened, in a sentence. */
  changed: { readonly state: MappingState; readonly reason: string };
}
