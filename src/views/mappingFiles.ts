import { stat } from 'node:fs/promises';
import path from 'node:path';

/** Where mappings lie below a folder's `.flipside`. */
const FORMATS = 'formats';

/** A mapping file below a folder: its place inside of `.flipside`, and its path. */
export interface MappingFile {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
}

/** The mapping file of that path, which lies in `.flipside/formats/` of some folder. */
export function mappingFileAt(file: string): MappingFile {
  const folder = path.resolve(file, '..', '..', '..');
  return { folder, name: path.join(FORMATS, path.basename(file)), path: file };
}

/** A mapping file for a file of predictions below `folder`, called like it, with a number where that name is taken. */
export async function newMappingFile(folder: string, file: string): Promise<MappingFile> {
  const stem = path.basename(file).replace(/(?<=.)\.[^.]+$/, '');
  for (let number = 1; ; number++) {
    const name = path.join(FORMATS, `${stem}${number === 1 ? '' : `-${number}`}.json`);
    const place = path.join(folder, '.flipside', name);
    const taken = await stat(place).then(
      () => true,
      () => false,
    );
    if (!taken) return { folder, name, path: place };
  }
}

/** Whether a file is one of these paths, or lies below one. */
export function isBelow(file: string, paths: readonly string[]): boolean {
  return paths.some((each) => {
    const inside = path.relative(each, file);
    return inside === '' || (inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside));
  });
}

/** The place of a mapping file, at the beginning of a sentence about it. */
const OF_MAPPING = /[\\/]\.flipside[\\/]formats[\\/][^\\/]+\.json: /;

/** Whether a file was not read for a reason that a mapping may mend. The reasons of such files speak of it. */
export function isMappable(file: string, reason: string): boolean {
  // A mapping that is unfinished holds no records itself.
  if (path.dirname(file).endsWith(path.join('.flipside', FORMATS))) return false;
  return reason.includes('flipside mapping ') || reason.includes('the mapping ') || OF_MAPPING.test(reason);
}
