import type { Detected } from '../formats/format.js';

/** What tells, short of reading it, that a file is what it was. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

/** Whether a file was the same at both times. */
export function sameStamp(one: Stamp, other: Stamp): boolean {
  return (
    one.size === other.size && one.mtimeMs === other.mtimeMs && one.ctimeMs === other.ctimeMs && one.ino === other.ino
  );
}

/** What a file turned out to be. Kept between commands, so that an unchanged file is never opened again. */
export interface CatalogEntry extends Stamp {
  readonly sha256: string;
  /** Null: no format reads it; `reason` says why. */
  readonly format: string | null;
  readonly detected: Detected | null;
  readonly reason: string;
  /** Hash of the mapping that was used; null without one. */
  readonly mapping: string | null;
  /** What the file holds is longer than the file: it is packed, an archive, or a Parquet file. */
  readonly isPacked?: true;
  /** The user called it gold when it was looked at: it may be read by goldTable.ts. */
  readonly asGold?: true;
  /** The keys of the one record that the file holds; left out where it is anything else. Many such files are a folder of items. */
  readonly keys?: readonly string[];
}
