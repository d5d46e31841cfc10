import path from 'node:path';
import type { ReaderName } from '../formats/all.js';
import type { Lens } from '../relations/lens.js';
import type { Indexed } from './indexer.js';
import type { Summary } from './summaryTypes.js';

/** What a summary holds beside the runs: how they were read and classed, and the other files. Paths are relative to the common root. */
export function summaryFrame(
  lens: Lens,
  how: { readonly answers: string; readonly reader: ReaderName },
  { root, datasets, skipped }: Indexed,
  leftovers: readonly { readonly file: string; readonly reason: string }[],
): Omit<Summary, 'runs'> {
  const relative = (file: string): string => path.relative(root, file).split(path.sep).join('/') || file;
  return {
    lens: lens.name,
    lensVersion: lens.version,
    lensNote: lens.note ?? null,
    answers: how.answers,
    ...(how.reader === 'own' ? {} : { reader: how.reader }),
    datasets: datasets.map((each) => ({ id: relative(each.file), ...each })),
    skipped: [...skipped, ...leftovers].map((each) => ({ ...each, file: relative(each.file) })),
  };
}
