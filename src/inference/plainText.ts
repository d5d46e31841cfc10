/** Controls, and what turns the direction of writing: neither terminal nor page is to be steered by what a server sends. */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu;

/** The beginning of a text from elsewhere, in one line and without control characters, to be quoted in a message. */
export function excerpt(text: string, most = 200): string {
  const line = text.replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').trim();
  const characters = [...line.slice(0, most * 2)];
  return characters.length > most || line.length > most * 2 ? `${characters.slice(0, most).join('')}…` : line;
}
