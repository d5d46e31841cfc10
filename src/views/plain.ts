/** What steers a reader's eye or a terminal and is never seen itself: controls, and marks that turn the direction of text. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * Text for the workbench's own surfaces. VS Code turns `[words](command:…)` in a message into a link that runs the command, and
 * `$(name)` in some places into an icon; names, paths and links come from files and from anywhere, so neither is let through.
 */
export function plain(text: string): string {
  return text.replace(UNSEEN, ' ').replaceAll('](', '] (').replaceAll('$(', '$ (');
}
