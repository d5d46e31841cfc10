import type { AnnotationStore } from '../annotations/annotationStore.js';
import type { ReaderName } from '../formats/all.js';

/** How paths are opened; nothing has to be said. */
export interface AnalysisOptions {
  /** Name of the lens; `axes` where absent. */
  readonly lens?: string;
  /** Name of an answer rule; where absent, the default reading, with a tool's own extracted answer first. */
  readonly answers?: string;
  /** `generic` switches the tools' own readers off. */
  readonly reader?: ReaderName;
  /** Files that hold gold answers. */
  readonly gold?: readonly string[];
  /** Folders whose `.flipside` holds lenses and mappings, besides what the paths have in common; the working folder where absent. */
  readonly homes?: readonly string[];
  /** Folder of the cache; the platform's where absent. */
  readonly cacheDir?: string;
  /** Folder for the shards themselves, where they are the result. */
  readonly shardDir?: string;
  readonly shard?: { readonly index: number; readonly of: number };
  /** Annotations that somebody else keeps up to date; else those beside what is opened, as they are when they are first asked for. */
  readonly annotations?: AnnotationStore;
  readonly signal?: AbortSignal;
  readonly progress?: (message: string) => void;
  /** A file of corrected right answers (patchFile.ts), under which everything is counted. */
  readonly patch?: string;
}
