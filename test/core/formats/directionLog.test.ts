import assert from 'node:assert/strict';
import fc from 'fast-check';
import { directionLog } from '../../../src/core/formats/directionLog.js';
import { fixture, openFile, readAll, recognised, shapeOf, sourceOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

const open = () => openFile(fixture('direction-log', 'v1', 'directions.txt'));
const readText = (text: string) => readAll(directionLog, sourceOf({ ...shapeOf('log.txt', 'text', []), text }, text));

describe('viewspatial-direction-log', () => {
  it('reads blocks with texts over several lines', async () => {
    const source = await open();
    const detected = recognised(directionLog, source.shape);
    assert.equal(detected.role, 'run');
    assert.equal(detected.model, null);
    const { items } = await readAll(directionLog, source);
    assert.deepEqual(
      items.map((item) => [item.row, item.id, item.gold, item.extracted, item.storedCorrect]),
      [
        [1, '2', 'B. back-left', 'B', true],
        [2, '4', 'C. front', 'A', false],
        [3, '6', "A. the cook's left", 'A', true],
        [5, '9', 'B. right', '', false],
      ],
    );
    assert.ok(
      items.every((item) => item.response === null),
      'the script looked the texts up; no model wrote them',
    );
    assert.deepEqual(items[1]?.options, [
      { label: 'A', text: 'left' },
      { label: 'B', text: 'back-left' },
      { label: 'C', text: 'front' },
    ]);
    assert.equal(items[1]?.frame, 'person');
    assert.deepEqual(items[1]?.meta, {
      'GT text': null,
      'GT parsed': null,
      'Pred text': 'A. left\nB. back-left\nC. front',
      'Pred parsed': 'back-left',
      'Parsing failed': true,
    });
    assert.equal(items[2]?.frame, 'imagined');
    assert.equal(items[2]?.meta['Parsing failed'], false);
  });

  it('drops blocks that cannot be read, and a block cut off at the end, with number and reason', async () => {
    const { dropped } = await readAll(directionLog, await open());
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [
        [4, 'unreadable log block'],
        [6, 'truncated log block'],
      ],
    );
    assert.match(dropped[0]?.detail ?? '', /block 4 .*ID: 8 .*no "GT" line/);
    assert.match(dropped[1]?.detail ?? '', /block 6 .*cut off/);
  });

  it('drops what is left of a block whose beginning is missing, and two questions run together', async () => {
    const [title = '', first = '', second = ''] = new TextDecoder().decode(await (await open()).bytes()).split(/^-+$/m);
    const dashes = '-'.repeat(50);
    const headless = await readText(`Result: WRONG\n${dashes}${first}`);
    assert.deepEqual([headless.items.length, headless.dropped.length], [1, 1]);
    assert.match(headless.dropped[0]?.detail ?? '', /block 1 .*no "ID" line/);
    const merged = await readText(`${title}${dashes}${first}${second}${dashes}${first}`);
    assert.deepEqual([merged.items.length, merged.dropped.length], [1, 1]);
    assert.match(merged.dropped[0]?.detail ?? '', /two questions/);
  });

  it('reads CRLF alike, and a log without blocks as an empty run', async () => {
    const text = new TextDecoder().decode(await (await open()).bytes());
    const same = await readText(text.replaceAll('\n', '\r\n'));
    assert.deepEqual(same, { ...(await readText(text)) });
    assert.deepEqual(await readText(text.slice(0, text.indexOf('---'))), { items: [], dropped: [] });
  });

  it('turns every block of a log cut off anywhere into one item or one dropped block', async () => {
    const text = new TextDecoder().decode(await (await open()).bytes());
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: text.length }), async (end) => {
        const cut = text.slice(0, end);
        const blocks = cut
          .split(/^-{20,}$/m)
          .slice(1)
          .filter((block) => block.trim() !== '').length;
        const { items, dropped } = await readText(cut);
        const untitled = cut.startsWith('=== Direction Task Raw Logs ===') ? 0 : cut.trim() === '' ? 0 : 1;
        // Dashes cut short do not separate, so the last block keeps them.
        assert.equal(items.length + dropped.length, blocks + untitled);
      }),
    );
  });

  it('flags a block whose bytes are no UTF-8 and still reads it', async () => {
    const bytes = new Uint8Array(await (await open()).bytes());
    const tick = bytes.findIndex((byte) => byte === 0xe2);
    bytes[tick] = 0xff;
    const source = sourceOf({ ...shapeOf('log.txt', 'text', []), text: '' });
    const { items } = await readAll(directionLog, { ...source, bytes: () => Promise.resolve(bytes) });
    assert.deepEqual(
      items.map((item) => item.flags),
      [['invalidUtf8'], [], [], []],
    );
    assert.equal(items[0]?.storedCorrect, true);
  });

  it('leaves other texts alone', () => {
    for (const text of ['Total Errors: 3\n', 'ID: 3 | Task: cleaning\nDone.\n', '']) {
      assert.equal(directionLog.detect({ ...shapeOf('notes.txt', 'text', []), text }), null);
    }
  });
});

describeReal('viewspatial-direction-log on the real log', () => {
  it('370 items, 223 correct by letter and by verdict', async () => {
    const source = await openFile(realData('wurf2026', 'debug_direction_logs.txt'));
    recognised(directionLog, source.shape);
    const { items, dropped } = await readAll(directionLog, source);
    assert.equal(items.length, 370);
    assert.deepEqual(dropped, []);
    assert.equal(items.filter((item) => item.storedCorrect).length, 223);
    assert.equal(items.filter((item) => item.extracted === item.gold?.slice(0, 1)).length, 223);
    assert.ok(items.every((item) => item.gold?.includes('. ') && item.frame !== null));
    const tasks = new Set(items.map((item) => item.task));
    assert.equal(tasks.size, 3);
  });
});
