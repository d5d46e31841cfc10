import { drawBar } from './bars.js';
import { cards } from './cards.js';
import type { Block, Cell, MatrixBlock, TableBlock } from './document.js';
import { facts } from './facts.js';
import { escaped, inline, plainLine, plainText, visibleLine } from './markup.js';

/** A block as markup. */
export function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'table':
      return table(block);
    case 'matrix':
      return matrix(block);
    case 'heading':
      return `<h3>${inline(block.text)}</h3>`;
    case 'text':
      return `<p>${inline(block.text)}</p>`;
    case 'list':
      return `<ul class="${block.tone}">${block.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
    case 'facts':
      return facts(block.facts);
    case 'cards':
      return cards(block.cards);
  }
}

/** Wide tables scroll in a box of their own, which the keyboard reaches too. The caption stays where it is. */
function scrolling(caption: string, inner: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${plainLine(caption)}">${inner}</div>`;
}

function table({ caption, columns, groups, notes = [] }: TableBlock): string {
  const head = columns.map(
    ({ name, align }) => `<th scope="col"${align === undefined ? '' : ' class="number"'}>${visibleLine(name)}</th>`,
  );
  const bodies = groups.map(({ label, rows }) => {
    const heading =
      label === null
        ? ''
        : `<tr class="group"><th scope="rowgroup" colspan="${columns.length}"><span>${inline(label)}</span></th></tr>`;
    return `<tbody>${heading}${rows.map((row) => `<tr>${row.map((each, at) => cell(each, at, columns[at]?.align)).join('')}</tr>`).join('')}</tbody>`;
  });
  const whole = `<table><caption><span>${inline(caption)}</span></caption><thead><tr>${head.join('')}</tr></thead>${bodies.join('')}</table>`;
  const under = notes.map((note) => `<p class="note">${inline(note)}</p>`).join('');
  return `<div class="table">${scrolling(plainText(caption), whole)}${under}</div>`;
}

function cell(value: Cell, at: number, align: 'right' | undefined): string {
  const content = contentOf(value);
  if (at === 0) return `<th scope="row">${content}</th>`;
  return `<td${align === undefined ? '' : ' class="number"'}>${content}</td>`;
}

function contentOf(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' && 'draw' in value ? drawBar(value) : inline(value);
}

/** Right answers stand where row and column have one name; the darker a cell, the greater its share of the row. */
function matrix({ caption, rowsAre, columnsAre, rows, columns, counts }: MatrixBlock): string {
  const head = columns.map((name) => `<th scope="col" class="turned"><span>${visibleLine(name)}</span></th>`).join('');
  const body = rows.map((name, at) => {
    const own = counts[at] ?? [];
    const total = own.reduce((sum, count) => sum + count, 0);
    const cells = own.map((count, column) => {
      const kind = columns[column] === name ? 'right' : 'wrong';
      const share = total === 0 ? 0 : Math.round((100 * count) / total);
      return `<td class="number ${kind}${count === 0 ? ' none' : ''}" style="--share:${share}%">${count}</td>`;
    });
    return `<tr><th scope="row">${visibleLine(name)}</th>${cells.join('')}<td class="number total">${total}</td></tr>`;
  });
  const axes = `<tr><td></td><th scope="colgroup" colspan="${columns.length + 1}" class="axis">${escaped(columnsAre)}</th></tr>`;
  const whole = `<table class="matrix"><caption><span>${inline(caption)}</span></caption><thead>${axes}<tr><th scope="col" class="axis">${escaped(rowsAre)}</th>${head}<th scope="col" class="number total">all</th></tr></thead><tbody>${body.join('')}</tbody></table>`;
  return `<div class="table small">${scrolling(plainText(caption), whole)}</div>`;
}
