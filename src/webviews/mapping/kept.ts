import type { MappingEvents, MappingHost } from '../../protocol/mappingPage.js';
import type { MappingDraft } from '../../protocol/mapping.js';
import type { Connection } from '../shared/host.js';

/** What survives hiding and reloading: the file, by which the panel is found again, and the mapping as far as it was edited. */
export interface Kept {
  readonly file: string;
  /** Null until something is edited. */
  readonly draft: MappingDraft | null;
}

export type MappingConnection = Connection<MappingHost, MappingEvents, Kept>;
