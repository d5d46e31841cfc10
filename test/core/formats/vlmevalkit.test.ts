import assert from 'node:assert/strict';
import fc from 'fast-check';
import path from 'node:path';
import type { Shape } from '../../../src/core/formats/format.js';
import { sniff } from '../../../src/core/formats/shape.js';
import { vlmevalkit, vlmevalkitScores } from '../../../src/core/formats/vlmevalkit.js';
import { isCircularName, predictionName } from '../../../src/core/formats/vlmevalkitName.js';
import type { Dropped, JsonObject, RawItem } from '../../../src/core/model.js';
import { fixture, objectShape, openFile, readAll, shapeOf, sourceOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

const FIXTURES = fixture('vlmevalkit');
const MODEL = path.join(FIXTURES, '2025-04/Tiny-VL-1B');
const DESK = path.join(MODEL, 'T20250401_G0a1b2c3d/Tiny-VL-1B_Desk_Relations');
const LEFT_RIGHT = [
  { label: 'A', text: 'left' },
  { label: 'B', text: 'right' },
];

async function itemsIn(file: string): Promise<RawItem[]> {
  const { items, dropped } = await readAll(vlmevalkit, await openFile(file));
  assert.deepEqual(dropped, []);
  return items;
}

/** A shape of a table that has these columns and no rows. */
function tableOf(path: string, columns: readonly string[]): Shape {
  return { ...shapeOf(path, 'csv', []), columns };
}

describe('VLMEvalKit: names of files', () => {
  it("takes the model from the folder that is named after it, however many underscores the dataset's name has", () => {
    const name = predictionName('out/llava_v1.5_7b/T1/llava_v1.5_7b_MMBench_DEV_EN.xlsx', false);
    assert.deepEqual(name, { model: 'llava_v1.5_7b', dataset: 'MMBench_DEV_EN', judges: null });
  });

  it('finds a known dataset, or the only underscore, without such a folder', () => {
    const known = predictionName('llava_v1.5_7b_SEEDBench_IMG.xlsx', false);
    assert.deepEqual([known.model, known.dataset], ['llava_v1.5_7b', 'SEEDBench_IMG']);
    const only = predictionName('Tiny-VL_Desk.tsv', false);
    assert.deepEqual([only.model, only.dataset], ['Tiny-VL', 'Desk']);
    const unknown = predictionName('my_own_model_Desk.tsv', false);
    assert.deepEqual([unknown.model, unknown.dataset], [null, null]);
  });

  it('names the file that a judged copy repeats', () => {
    const judged = (file: string): string | null => predictionName(`M/${file}`, true).judges;
    assert.equal(judged('M_Desk_openai_result.xlsx'), 'M/M_Desk.xlsx');
    assert.equal(judged('M_Desk_exact_matching_result.xlsx'), 'M/M_Desk.xlsx');
    assert.equal(judged('M_Desk_gpt-4o-mini_result.xlsx'), 'M/M_Desk.xlsx');
    assert.equal(judged('M_Desk_llm_gpt_4o.tsv'), 'M/M_Desk.tsv');
    assert.equal(judged('M_Desk_auxmatch.xlsx'), 'M/M_Desk.xlsx');
    assert.equal(judged('M_Desk_result.xlsx'), 'M/M_Desk.xlsx');
    assert.equal(judged('M_Desk.xlsx'), null);
    assert.equal(predictionName('M/M_Desk_auxmatch.xlsx', false).judges, null);
    assert.equal(predictionName('M\\M_Desk_auxmatch.xlsx', true).judges, 'M\\M_Desk.xlsx');
  });

  it('knows the circular sets by name', () => {
    assert.deepEqual(['MMBench_DEV_EN', 'CCBench', 'MMCR', 'X_Circular'].map(isCircularName), [true, true, true, true]);
    assert.deepEqual([isCircularName('BLINK'), isCircularName(null)], [false, false]);
  });
});

describe('VLMEvalKit: detection', () => {
  const columns = ['index', 'question', 'A', 'B', 'answer', 'prediction'];

  it('goes by the columns, in any container of records', () => {
    for (const container of ['xlsx', 'csv', 'tsv', 'json-array', 'json-lines'] as const) {
      const found = vlmevalkit.detect({ ...tableOf('anything', columns), container });
      assert.equal(found?.role, 'run', container);
    }
    assert.equal(vlmevalkit.detect({ ...tableOf('M/M_Desk.xlsx', columns), container: 'text' }), null);
  });

  it('leaves files without predictions or without index alone', () => {
    assert.equal(vlmevalkit.detect(tableOf('M/M_Desk.xlsx', ['index', 'question', 'A', 'B', 'answer'])), null);
    assert.equal(vlmevalkit.detect(tableOf('M/M_Desk.xlsx', ['id', 'question', 'prediction'])), null);
  });

  it('takes tables of figures for scores, and nothing else', () => {
    const scores = (head: JsonObject[]): string | undefined =>
      vlmevalkitScores.detect(shapeOf('M/M_Desk_acc.csv', 'csv', head))?.role;
    assert.equal(scores([{ split: 'val', Overall: '0.5', count: '' }]), 'aggregate');
    assert.equal(scores([{ metric: 'overall', value: '51.2' }]), 'aggregate');
    assert.equal(scores([{ perception: '1500.5', reasoning: '300', position: '120' }]), 'aggregate');
    assert.equal(scores([{ split: 'val', question: 'Where?' }]), undefined);
    const listed = shapeOf('M/M_Desk_acc.json', 'json-array', [{ split: 'val', Overall: 0.5 }]);
    assert.equal(vlmevalkitScores.detect(listed)?.dataset, 'Desk');
    const one = objectShape('M/M_MME_score.json', { perception: 1500.5, reasoning: 300, position: 120 });
    assert.equal(vlmevalkitScores.detect(one)?.role, 'aggregate');
    assert.equal(scores([{ name: 'val', Overall: '0.5' }]), undefined);
    assert.equal(scores([]), undefined);
  });
});

describe('VLMEvalKit: rows', () => {
  const readRows = (file: string, rows: JsonObject[]): ReturnType<typeof readAll> =>
    readAll(vlmevalkit, sourceOf(shapeOf(file, 'csv', rows)));

  it('drops a row of empty cells with its number, and keeps the rest', async () => {
    const row = { index: '1', question: 'Where?', A: 'left', B: 'right', answer: 'A', prediction: 'B' };
    const empty = { index: '', question: '', A: 'nan', B: '', answer: '', prediction: null };
    const { items, dropped } = await readRows('M/M_Desk.csv', [row, empty, { ...row, index: '3' }]);
    assert.deepEqual(
      items.map((item) => item.row),
      [1, 3],
    );
    assert.deepEqual(
      dropped.map((record) => record.row),
      [2],
    );
    assert.match(dropped[0]?.detail ?? '', /Row 2: expected .*delete the row/);
  });

  it('passes on what the container could not read', async () => {
    const bad: Dropped = { row: 1, reason: 'wrong number of cells', detail: 'row 1' };
    const source = {
      ...sourceOf(tableOf('M/M_Desk.csv', ['index', 'question', 'prediction'])),
      async *records() {
        yield await Promise.resolve(bad);
      },
    };
    assert.deepEqual(await readAll(vlmevalkit, source), { items: [], dropped: [bad] });
  });

  it('groups rotations only where every large index has its main row', async () => {
    const row = (index: string): JsonObject => ({
      index,
      question: 'Where?',
      A: 'left',
      B: 'right',
      answer: 'A',
      prediction: 'A',
    });
    const { items: grouped } = await readRows('M/M_Desk.csv', [row('3'), row('1000003'), row('2000003')]);
    assert.deepEqual(
      grouped.map(({ unit }) => unit),
      ['3', '3', '3'],
    );
    const { items: large } = await readRows('M/M_Desk.csv', [row('3'), row('1000003'), row('4000007')]);
    assert.deepEqual(
      large.map(({ unit }) => unit),
      [null, null, null],
    );
    const { items: named } = await readRows('M/M_MMBench_DEV_EN.csv', [row('4000007')]);
    assert.equal(named[0]?.unit, '7');
  });

  it('copies no picture into the metadata', async () => {
    const image = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(2000)]).toString('base64');
    const row = { index: 1, question: 'Where?', A: 'left', B: 'right', answer: 'A', prediction: 'A', image };
    const { items } = await readAll(vlmevalkit, sourceOf(shapeOf('M_Desk.csv', 'csv', [row])));
    assert.match(JSON.stringify(items[0]?.meta['image']), /^"inline:png;2008 bytes;[0-9a-f]{16}"$/);
  });

  it("scores both questions of MME's images together, and all variants of 3DSRBench's questions", async () => {
    const units = async (name: string): Promise<(string | null)[]> =>
      (await itemsIn(path.join(MODEL, `Tiny-VL-1B_${name}.tsv`))).map(({ unit }) => unit);
    const [position, other, count] = ['position/position/01.jpg', 'position/position/02.jpg', 'count/position/01.jpg'];
    assert.deepEqual(await units('MME'), [position, position, other, other, count, count]);
    const variants = await units('3DSRBench');
    assert.deepEqual([...new Set(variants)], ['TOYAAAA1', 'TOYBBBB2']);
    assert.equal(variants.filter((unit) => unit === 'TOYAAAA1').length, 4);
  });

  it('takes ids without variants, and categories of other sets, for no groups', async () => {
    const row = { question: 'Where?', answer: 'Yes', prediction: 'Yes', category: 'position', image_path: 'a.jpg' };
    const alone = [
      { ...row, index: 'TOYAAAA1' },
      { ...row, index: 'TOYBBBB2', category: 'relation' },
    ];
    const mixed = [
      { ...row, index: 'TOYAAAA1-flip' },
      { ...row, index: 'x', answer: 'left' },
    ];
    for (const rows of [alone, mixed]) {
      const { items } = await readRows('M/M_Desk.csv', rows);
      assert.deepEqual(items.map(({ unit }) => unit), [null, null]); // prettier-ignore
    }
  });

  it('reads verdicts as booleans, numbers and text, and a share as none', async () => {
    const row = (hit: string | number | boolean): JsonObject => ({
      index: 1,
      question: 'Where?',
      answer: 'A',
      prediction: 'A',
      hit,
    });
    const rows = [row(1), row('0'), row(true), row('False'), row('1.0'), row(0.5)];
    const { items } = await readRows('M/M_Desk_openai_result.csv', rows);
    assert.deepEqual(
      items.map(({ storedCorrect }) => storedCorrect),
      [true, false, true, false, true, null],
    );
    assert.deepEqual(
      items.map(({ meta }) => meta),
      [{}, {}, {}, {}, {}, { hit: 0.5 }],
    );
  });
});

describe('VLMEvalKit: any record', () => {
  it('becomes one item or one dropped record', async () => {
    const keys = [
      'index',
      'question',
      'A',
      'B',
      'D',
      'answer',
      'prediction',
      'hit',
      'score',
      'extracted',
      'image_path',
      '__proto__',
    ];
    const record = fc.dictionary(fc.constantFrom(...keys), fc.oneof(fc.jsonValue(), fc.string()));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 5 }), async (records) => {
        const rows = JSON.parse(JSON.stringify(records)) as JsonObject[];
        const { items, dropped } = await readAll(vlmevalkit, sourceOf(shapeOf('x.json', 'json-array', rows)));
        assert.equal(items.length + dropped.length, rows.length);
        assert.ok(items.every(({ options }) => options.every(({ text }) => text.trim() !== '')));
      }),
    );
  });
});

describe('VLMEvalKit: fixtures', () => {
  it('reads a spreadsheet with shared strings', async () => {
    const shape = await sniff(`${DESK}.xlsx`);
    const found = vlmevalkit.detect(shape);
    assert.deepEqual(
      [found?.role, found?.model, found?.dataset, found?.judges],
      ['run', 'Tiny-VL-1B', 'Desk_Relations', undefined],
    );
    const items = await itemsIn(`${DESK}.xlsx`);
    assert.equal(items.length, 4);
    const [mug, lamp, books, cat] = items;
    assert.deepEqual(
      mug?.options.map(({ text }) => text),
      ['left', 'right', 'above', 'below'],
    );
    assert.deepEqual(
      [mug?.id, mug?.question, mug?.gold, mug?.response, mug?.extracted],
      ['1', 'Where is the mug?', 'A', 'A', null],
    );
    assert.deepEqual(
      [mug?.task, mug?.model, mug?.storedCorrect, mug?.unit, mug?.kind],
      ['relation', 'Tiny-VL-1B', null, null, null],
    );
    assert.deepEqual([mug?.images, mug?.meta], [['a.jpg', 'b.jpg'], { split: 'val' }]);
    assert.deepEqual([lamp?.question, lamp?.options, lamp?.images], ['Where is the <lamp>?', LEFT_RIGHT, ['c.jpg']]);
    assert.deepEqual(lamp?.meta, { split: 'val', hint: 'Look again.' });
    assert.deepEqual(
      books?.options.map(({ text }) => text),
      ['2', '3', '4', 'None'],
    );
    assert.deepEqual([cat?.options.length, cat?.response], [2, '']);
  });

  it('reads a judged spreadsheet with inline strings, and names the file it repeats', async () => {
    const file = `${DESK}_openai_result.xlsx`;
    const found = vlmevalkit.detect(await sniff(file));
    assert.deepEqual([found?.dataset, found?.judges], ['Desk_Relations', `${DESK}.xlsx`]);
    const items = await itemsIn(file);
    assert.deepEqual(
      items.map(({ storedCorrect }) => storedCorrect),
      [true, false, true, false],
    );
    assert.deepEqual([items[0]?.extracted, items[0]?.meta['log']], [null, 'Match Log: A. ']);
    assert.equal(items[3]?.response, '');
    const plain = await itemsIn(`${DESK}.xlsx`);
    const answers = (list: RawItem[]): unknown[] =>
      list.map(({ id, options, gold, response }) => ({ id, options, gold, response }));
    assert.deepEqual(answers(items), answers(plain));
  });

  it('reads yes/no questions and their extracted answers', async () => {
    const plain = await itemsIn(path.join(MODEL, 'Tiny-VL-1B_POPE.tsv'));
    assert.deepEqual(
      plain.map(({ kind }) => kind),
      ['yes-no', 'yes-no', 'yes-no'],
    );
    assert.deepEqual(
      plain[1]?.options.map(({ text }) => text),
      ['yes', 'no'],
    );
    assert.deepEqual([plain[1]?.id, plain[1]?.gold, plain[1]?.task], ['1', 'No', 'random,popular']);
    assert.deepEqual(
      [plain[1]?.response, plain[1]?.extracted, plain[1]?.storedCorrect],
      ['Yes, there is.', null, null],
    );
    const judged = await itemsIn(path.join(MODEL, 'Tiny-VL-1B_POPE_auxmatch.xlsx'));
    assert.deepEqual(
      judged.map(({ extracted }) => extracted),
      ['Yes', 'Yes', 'Unknown'],
    );
    assert.deepEqual(
      judged.map(({ storedCorrect }) => storedCorrect),
      [true, false, false],
    );
  });

  it('reads circular groups from JSON records; the verdict of a group is not the verdict of its main row', async () => {
    const items = await itemsIn(path.join(MODEL, 'Tiny-VL-1B_Doors.json'));
    assert.deepEqual(
      items.map(({ id }) => id),
      ['7', '12', '1000007', '1000012'],
    );
    assert.deepEqual(
      items.map(({ unit }) => unit),
      ['7', '12', '7', '12'],
    );
    const file = path.join(MODEL, 'Tiny-VL-1B_CCBench_exact_matching_result.json');
    const judged = await itemsIn(file);
    assert.deepEqual(
      judged.map(({ storedCorrect, meta }) => [storedCorrect, meta['hit']]),
      [
        [null, 0],
        [null, 1],
      ],
    );
  });

  it('reads the newer copies with an extracted answer', async () => {
    const name = '2026-06/Tiny-VL-1B/T20260601-120000/Tiny-VL-1B_ViewSpatialBench_extract_matching.xlsx';
    const file = path.join(FIXTURES, name);
    assert.equal(vlmevalkit.detect(await sniff(file))?.judges, file.replace('_extract_matching', ''));
    const [first, second] = await itemsIn(file);
    assert.deepEqual(
      [first?.extracted, first?.response, first?.storedCorrect, first?.task],
      ['A', 'I think A', true, 'Person'],
    );
    assert.deepEqual([first?.id, first?.meta], ['v1', { thinking: 'Turn around.' }]);
    assert.deepEqual([second?.extracted, second?.storedCorrect], ['', false]);
  });

  it('takes both kinds of score tables for aggregates', async () => {
    const acc = vlmevalkitScores.detect(await sniff(`${DESK}_acc.csv`));
    assert.deepEqual([acc?.role, acc?.model, acc?.dataset], ['aggregate', 'Tiny-VL-1B', 'Desk_Relations']);
    assert.match(acc?.reason ?? '', /Overall 0\.5/);
    const score = vlmevalkitScores.detect(await sniff(path.join(MODEL, 'Tiny-VL-1B_POPE_score.csv')));
    assert.equal(score?.role, 'aggregate');
    assert.deepEqual(await readAll(vlmevalkitScores, await openFile(`${DESK}_acc.csv`)), { items: [], dropped: [] });
  });
});

describeReal('VLMEvalKit: real files', () => {
  const base = realData('vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA');

  it('reads A-OKVQA: 1,145 items with options', async () => {
    const found = vlmevalkit.detect(await sniff(`${base}.xlsx`));
    assert.deepEqual([found?.model, found?.dataset], ['Qwen2.5-VL-7B-Instruct', 'A-OKVQA']);
    const items = await itemsIn(`${base}.xlsx`);
    assert.equal(items.length, 1145);
    assert.ok(items.every(({ options, gold }) => options.some(({ label }) => label === gold)));
    const three = items.filter(({ options }) => options.length !== 4);
    assert.deepEqual(
      three.map(({ row, options }) => [row, options.map(({ label }) => label)]),
      [[1095, ['A', 'C', 'D']]],
    );
    assert.equal(new Set(items.map(({ id }) => id)).size, 1145);
    // Plain enough for this file: an answer stands on a line of its own, and only one does.
    const letters = (response: string | null): string[] =>
      Array.from(response?.matchAll(/^([A-D])(?:\.|$)/gm) ?? [], (match) => match[1] ?? '');
    assert.equal(items.filter(({ response, gold }) => letters(response).join() === gold).length, 1014);
  });

  it('reads the stored verdicts: 1,014 right', async () => {
    const file = `${base}_openai_result.xlsx`;
    assert.equal(vlmevalkit.detect(await sniff(file))?.judges, `${base}.xlsx`);
    const items = await itemsIn(file);
    assert.equal(items.length, 1145);
    assert.equal(items.filter(({ storedCorrect }) => storedCorrect === true).length, 1014);
    assert.equal(items.filter(({ storedCorrect }) => storedCorrect === false).length, 131);
  });

  it('skips the table of scores', async () => {
    const found = vlmevalkitScores.detect(await sniff(`${base}_acc.csv`));
    assert.equal(found?.role, 'aggregate');
    assert.match(found?.reason ?? '', /0\.885589519650655/);
  });
});
