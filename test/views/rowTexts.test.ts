import assert from 'node:assert/strict';
import type { RunOverview } from '../../src/protocol/analysis.js';
import type { ItemView, Picture, PlacedRow } from '../../src/protocol/rows.js';
import { crowdedTitle, hoverText, kinTitle, lensTitle } from '../../src/views/rowTexts.js';

const ROW: PlacedRow = {
  ...{
    run: 'results/a.csv',
    row: 3,
    item: '7',
    question: 'Where?',
    outcome: 'wrong',
    class: 'horizontal-flip',
    drift: false,
  },
  ...{ gold: 'left', predicted: 'right', goldDirection: 'left', predictedDirection: 'right', task: null },
  ...{ frame: 'camera', kind: 'choice', flags: [], images: 1, line: 5 },
};
const ITEM = {
  why: ['The answer "B" was read.', 'More.'],
  lens: { name: 'axes', version: '1' },
} as unknown as ItemView;

function picture(bytes: number): Picture {
  const size = { width: 1, height: 1, originalWidth: 1, originalHeight: 1 };
  return { ok: true, bytes: new Uint8Array(bytes), mime: 'image/webp', ...size, from: 'a.png', file: null };
}

describe('what is said of a row in an editor', () => {
  it('is the run, over a line that several share', () => {
    const run = { id: 'results/a.json', model: null, wrong: 3, items: 9 } as RunOverview;
    assert.equal(crowdedTitle(run), 'Rows share this line: 3 wrong of 9 items, results/a.json');
    assert.equal(
      crowdedTitle({ ...run, model: 'toy', wrong: null }),
      'Rows share this line: the errors of 9 items, toy',
    );
  });

  it('is one line over an error', () => {
    assert.equal(lensTitle(ROW), '✗ horizontal-flip · left → right');
    assert.equal(kinTitle(ROW), 'all horizontal-flip of this run');
    const open: PlacedRow = { ...ROW, outcome: 'unanswered', class: null, predicted: null, predictedDirection: null };
    assert.equal(lensTitle(open), '✗ no answer read · left → nothing');
    assert.equal(kinTitle(open), 'all errors of this run');
    const plain: PlacedRow = { ...ROW, class: 'non-directional', goldDirection: null, gold: 'the red cup' };
    assert.equal(lensTitle(plain), '✗ non-directional · the red cup → right');
  });

  it('draws no icon and stays short, whatever the model wrote', () => {
    const odd: PlacedRow = { ...ROW, goldDirection: null, predicted: `$(error)\n${'long '.repeat(100)}` };
    assert.equal(lensTitle(odd), '✗ horizontal-flip · left → $ (error) long long long long long long …');
  });

  it('is class, change, reason, picture and a way to the item in a hover', () => {
    const [head, change, why, link, shown, ...more] = hoverText(ROW, ITEM, picture(3)).split('\n\n');
    assert.equal(head, '**✗ wrong · horizontal&#45;flip**, lens axes v1');
    assert.equal(change, 'left → right');
    assert.equal(why, 'The answer &#34;B&#34; was read&#46;');
    assert.equal(shown, '![The image of the item](data:image/webp;base64,AAAA)');
    assert.match(
      link ?? '',
      /^\[Open item 7\]\(command:flipside\.openItem\?%5B%7B[\w%.-]+ "Open it in Flipside’s inspector"\)$/,
    );
    assert.deepEqual(more, []);
  });

  it('says less where less is known, and shows no picture that VS Code would cut off', () => {
    const right: PlacedRow = { ...ROW, outcome: 'right', class: null, predicted: 'left', predictedDirection: 'left' };
    assert.equal(hoverText(right, null, null).split('\n\n').slice(0, 2).join(' | '), '**✓ right** | left → left');
    const text = hoverText(ROW, ITEM, picture(60_001));
    assert.doesNotMatch(text, /data:/);
    assert.ok(hoverText(ROW, ITEM, picture(60_000)).length < 100_000);
  });

  it('lets no text of a file be markup', () => {
    const bad = '[x](command:y) <b> ![z](https://w)';
    const row: PlacedRow = { ...ROW, class: bad, goldDirection: null, gold: bad, predicted: bad, item: bad };
    const text = hoverText(row, { ...ITEM, why: [bad], lens: { name: bad, version: bad } }, null);
    assert.deepEqual(text.match(/\]\([a-z]+:[^?]*/g), ['](command:flipside.openItem']);
    assert.doesNotMatch(text, /<|!\[/);
  });
});
