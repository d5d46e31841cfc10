import type { Fact } from './document.js';
import { escaped, inline } from './markup.js';

/** Terms with what they are. */
export function facts(list: readonly Fact[]): string {
  const pairs = list.map(([term, value]) => `<div><dt>${escaped(term)}</dt><dd>${inline(value)}</dd></div>`);
  return `<dl>${pairs.join('')}</dl>`;
}
