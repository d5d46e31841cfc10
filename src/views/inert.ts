/** What steers a reader's eye and is never seen itself, line ends among it: see plain.ts. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
/** Every sign that Markdown, HTML or a recogniser of addresses could take for its own. */
const SIGNS = /[!-/:-@[-`{-~]/g;
const SIGNS_OF_MARKDOWN = /[\\`*_{}[\]<>#+!|~$^]|:(?=\/\/)/g;

/** Text cut to so many characters, none of them in halves, in one line. */
export function shortened(text: string, most: number): string {
  const line = text.replace(UNSEEN, ' ').trim();
  const signs = [...line.slice(0, 2 * most + 2)];
  return signs.length <= most && line.length <= 2 * most + 2 ? line : `${signs.slice(0, most - 1).join('')}…`;
}

/**
 * Text of files and models inside of a hover's Markdown: each sign is written as a number, so that none of it is a link, a picture,
 * an icon or HTML.
 */
export function inertMarkdown(text: string): string {
  return text.replace(UNSEEN, ' ').replace(SIGNS, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The same for a Markdown cell, which people read and edit as text too: what means something to Markdown stands behind a backslash. */
export function escapedMarkdown(text: string): string {
  return text
    .replace(UNSEEN, ' ')
    .replaceAll('&', '&amp;')
    .replace(SIGNS_OF_MARKDOWN, (sign) => `\\${sign}`);
}

/** The address of a command with its arguments, for a link in Markdown. */
export function commandLink(command: string, ...args: readonly unknown[]): string {
  const written = encodeURIComponent(JSON.stringify(args));
  // These stay as they are in an address, and would end a link.
  return `command:${command}?${written.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`;
}
