import type { RunOverview } from '../protocol/analysis.js';
import type { ItemView, Outcome, Picture, PlacedRow, Row } from '../protocol/rows.js';
import { commandLink, inertMarkdown, shortened } from './inert.js';
import { plain } from './plain.js';

/** The command that a hover and a lens run. */
export const OPEN_ITEM = 'flipside.openItem';
/** Of an answer, a lens shows so many characters, and a hover so many. */
const IN_LENS = 40;
const IN_HOVER = 200;
/** VS Code cuts a hover's Markdown off behind 100,000 characters; what is cut is no picture. In bytes, which grow by a third. */
const MOST_PICTURE = 60_000;

/** A row told in a word and its two directions, or answers where these have none: `✗ horizontal-flip · left → right`. */
export function lensTitle(row: Row): string {
  return plain(`✗ ${wordOf(row)} · ${changeOf(row, IN_LENS)}`);
}

/** What the second lens of an error leads to: the others of its kind. */
export function kinTitle({ class: name }: Row): string {
  return plain(name === null ? 'all errors of this run' : `all ${name} of this run`);
}

/** What stands over a line on which several rows begin, none of which is told. */
export function crowdedTitle({ id, model, wrong, items }: RunOverview): string {
  const errors = wrong === null ? 'the errors' : `${wrong} wrong`;
  return plain(`Rows share this line: ${errors} of ${items} items, ${shortened(model ?? id, IN_LENS)}`);
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  wrong: '✗ wrong',
  unanswered: '✗ no answer read',
  right: '✓ right',
  'no gold': 'no gold answer',
};

/**
 * What a hover says of a row, as Markdown in which nothing is markup but ours: outcome and class, gold → predicted, the first sentence of
 * why, the way to the item, and a small picture where there is one: last, for a low window shows the top of it.
 */
export function hoverText(row: PlacedRow, item: ItemView | null, picture: Picture | null): string {
  const name = row.class === null ? '' : ` · ${inertMarkdown(row.class)}${row.drift === true ? ' + drift' : ''}`;
  const why = item?.why[0];
  const lens = item === null ? '' : `, lens ${inertMarkdown(`${item.lens.name} v${item.lens.version}`)}`;
  const shown = picture === null ? null : pictureOf(picture);
  return [
    `**${OUTCOMES[row.outcome]}${name}**${lens}`,
    inertMarkdown(changeOf(row, IN_HOVER)),
    ...(why === undefined ? [] : [inertMarkdown(shortened(why, 2 * IN_HOVER))]),
    `[Open item ${inertMarkdown(shortened(row.item, IN_LENS))}](${linkTo(row)} "Open it in Flipside’s inspector")`,
    ...(shown === null ? [] : [shown]),
  ].join('\n\n');
}

function linkTo({ run, row, item }: Row): string {
  return commandLink(OPEN_ITEM, { run, row, item });
}

function wordOf({ outcome, class: name }: Row): string {
  return outcome === 'unanswered' ? 'no answer read' : (name ?? outcome);
}

/** `left → right`: directions where both have one, else the answers themselves. */
function changeOf(row: Row, most: number): string {
  const { goldDirection, predictedDirection, gold, predicted, outcome } = row;
  const isDirectional = goldDirection !== null && predictedDirection !== null;
  const from = (isDirectional ? goldDirection : gold) ?? 'no gold';
  if (outcome === 'unanswered') return `${shortened(from, most)} → nothing`;
  return `${shortened(from, most)} → ${shortened((isDirectional ? predictedDirection : predicted) ?? 'nothing', most)}`;
}

function pictureOf(picture: Picture): string | null {
  if (!picture.ok || picture.bytes.length > MOST_PICTURE) return null;
  return `![The image of the item](data:${picture.mime};base64,${Buffer.from(picture.bytes).toString('base64')})`;
}
