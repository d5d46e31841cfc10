import type { ImagePrefix } from '../protocol/analysis.js';

/**
 * The learned mappings with one more. Others of the same beginning stay, for images may be spread over several folders;
 * but one file that was located again lies in one place.
 */
export function withPrefix(known: readonly ImagePrefix[], learned: ImagePrefix): ImagePrefix[] {
  const isFile = learned.from !== '' && !/[\\/]$/.test(learned.from);
  const isReplaced = ({ from, to, within }: ImagePrefix): boolean =>
    from === learned.from && within === learned.within && (isFile || to === learned.to);
  return [learned, ...known.filter((each) => !isReplaced(each))];
}
