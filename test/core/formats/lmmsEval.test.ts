import assert from 'node:assert/strict';
import fc from 'fast-check';
import path from 'node:path';
import { lmmsEval, lmmsEvalResults } from '../../../src/core/formats/lmmsEval.js';
import { lmmsEvalLogs } from '../../../src/core/formats/lmmsEvalLogs.js';
import { sniff } from '../../../src/core/formats/shape.js';
import type { JsonObject } from '../../../src/core/model.js';
import { fixture, objectShape, openFile, readAll, shapeOf, sourceOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

const FIXTURES = fixture('lmms-eval');
const LOGS = path.join(FIXTURES, 'v0.6/acme__tiny-vl-1b/20260101_000000_');
const LEFT_RIGHT = [
  { label: 'A', text: 'left' },
  { label: 'B', text: 'right' },
];

describe('lmms-eval: detection', () => {
  it('goes by the keys and takes names from the path', () => {
    const keys = ['doc_id', 'target', 'filtered_resps', 'doc_hash'];
    const shape = { ...shapeOf('org__m__x/1_samples_cv_bench.jsonl', 'json-lines', []), columns: keys };
    const found = lmmsEval.detect(shape);
    assert.deepEqual([found?.role, found?.model, found?.dataset], ['run', 'org/m__x', 'cv_bench']);
    const moved = lmmsEval.detect({ ...shape, path: 'elsewhere.jsonl' });
    assert.deepEqual([moved?.role, moved?.model, moved?.dataset], ['run', null, null]);
    assert.equal(lmmsEval.detect({ ...shape, columns: ['doc_id', 'target', 'resps'] }), null);
    assert.equal(lmmsEval.detect({ ...shape, container: 'csv' }), null);
  });

  it('reads a log of one sample, which is one JSON object', async () => {
    const shape = objectShape('one.jsonl', { doc_id: 0, target: 'A', filtered_resps: ['A'] });
    assert.equal(lmmsEval.detect(shape)?.role, 'run');
    const { items } = await readAll(lmmsEval, sourceOf(shape));
    const [item, ...others] = items;
    assert.deepEqual([item?.row, item?.id, item?.extracted, others.length], [1, '0', 'A', 0]);
  });

  it('names the tasks of a results file', async () => {
    const found = lmmsEvalResults.detect(await sniff(`${LOGS}results.json`));
    assert.deepEqual([found?.role, found?.model, found?.dataset], ['aggregate', 'acme/tiny-vl-1b', null]);
    assert.match(found?.reason ?? '', /desk_relations, pope/);
    assert.deepEqual(await readAll(lmmsEvalResults, await openFile(`${LOGS}results.json`)), { items: [], dropped: [] });
  });
});

describe('lmms-eval: logs before September 2024', () => {
  const file = path.join(FIXTURES, 'v0.1/0401_1200_toy_llava_model_args_abc123/desk_relations.json');

  it('are recognised by their samples, and name checkpoint and task', async () => {
    const { shape } = await openFile(file);
    const found = lmmsEvalLogs.detect(shape);
    assert.deepEqual([found?.role, found?.model, found?.dataset], ['run', 'acme/toy-llava-7b', 'desk_relations']);
    assert.equal(lmmsEvalLogs.detect(objectShape('a.json', { args: {}, logs: [{ step: 1 }] })), null);
    assert.equal(
      lmmsEvalLogs.detect(objectShape('a.json', { logs: [{ doc_id: 1, target: 'A', filtered_resps: ['A'] }] })),
      null,
    );
  });

  it('read like the files of today, repeats as samples, and drop what is no sample', async () => {
    const { items, dropped } = await readAll(lmmsEvalLogs, await openFile(file));
    assert.deepEqual(
      items.map(({ row, id, gold, extracted, response, sample, storedCorrect, task }) => [
        row,
        id,
        gold,
        extracted,
        response,
        sample,
        storedCorrect,
        task,
      ]),
      [
        [1, '0', 'A', 'B', 'B', null, false, 'relation'],
        [2, '1', 'B', 'B', 'B.', 1, null, 'desk_relations'],
        [3, '1', 'B', 'A', 'A.', 2, null, 'desk_relations'],
      ],
    );
    assert.deepEqual(
      [items[0]?.question, items[0]?.options, items[0]?.images],
      ['Where is the drum?', LEFT_RIGHT, ['toy/0.jpg']],
    );
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [
        [4, 'not an object'],
        [5, 'not an lmms-eval sample'],
      ],
    );
  });
});

describe('lmms-eval: verdicts', () => {
  const sample = { doc_id: 0, target: 'A', filtered_resps: ['A'] };

  async function verdict(metrics: JsonObject): Promise<boolean | null | undefined> {
    const shape = shapeOf('logs/x_samples_t.jsonl', 'json-lines', [{ ...sample, ...metrics }]);
    return (await readAll(lmmsEval, sourceOf(shape))).items[0]?.storedCorrect;
  }

  it('prefers the plainest metric', async () => {
    assert.equal(await verdict({ other: 1, exact_match: 0 }), false);
    assert.equal(await verdict({ rooms_score: 0, rooms_acc: 1 }), true);
    assert.equal(await verdict({ is_right: true }), true);
  });

  it('takes a share, a disagreement and figures of another kind for no verdict', async () => {
    assert.equal(await verdict({ exact_match: 0.5 }), null);
    assert.equal(await verdict({ a: 1, b: 0 }), null);
    assert.equal(await verdict({ yes_ratio: 1, f1: 0, token_count: 1 }), null);
    assert.equal(await verdict({ submission: { pred: 'A', answer: 'A' } }), null);
    assert.equal(await verdict({}), null);
  });

  it('looks for the verdict inside a submission', async () => {
    assert.equal(await verdict({ bench_acc: { question_id: 3, score: 1 } }), true);
    assert.equal(await verdict({ bench_acc: { correct: false, score: 1 } }), false);
    assert.equal(await verdict({ bench_acc: { score: 0.4 } }), null);
  });
});

describe('lmms-eval: any record', () => {
  it('becomes one item, one for each sample, or one dropped record', async () => {
    const keys = ['doc_id', 'target', 'filtered_resps', 'resps', 'doc', 'arguments', 'input', 'acc', 'exact_match'];
    const nested = fc.array(
      fc.array(fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null))),
    );
    const record = fc.dictionary(fc.constantFrom(...keys), fc.oneof(fc.jsonValue(), nested));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 5 }), async (records) => {
        const samples = JSON.parse(JSON.stringify(records)) as JsonObject[];
        const { items, dropped } = await readAll(lmmsEval, sourceOf(shapeOf('x.jsonl', 'json-lines', samples)));
        const expected = samples.map(({ filtered_resps: resps, doc_id: id }) => {
          const [only, ...others] = Array.isArray(resps) ? resps : [];
          const isSampled = id !== undefined && others.length === 0 && Array.isArray(only) && only.length > 1;
          return isSampled && only.every((text) => typeof text === 'string') ? only.length : 1;
        });
        assert.equal(
          items.length + dropped.length,
          expected.reduce((sum, count) => sum + count, 0),
        );
        assert.ok(items.every(({ extracted }) => extracted !== null));
      }),
    );
  });
});

describe('lmms-eval: fixtures', () => {
  it('reads answers however they are nested, and drops what holds no answer, with the row', async () => {
    const { items, dropped } = await readAll(lmmsEval, await openFile(`${LOGS}samples_desk_relations.jsonl`));
    assert.deepEqual([items.length, dropped.length], [6, 2]);
    const [mug, lamp, book, again, , bed] = items;
    assert.deepEqual([mug?.id, mug?.gold, mug?.extracted, mug?.response], ['0', 'A', 'A', null]);
    assert.deepEqual([mug?.question, mug?.options], ['Where is the mug?', LEFT_RIGHT]);
    assert.deepEqual([mug?.task, mug?.model, mug?.storedCorrect], ['desk_relations', 'acme/tiny-vl-1b', true]);
    assert.deepEqual([lamp?.extracted, lamp?.response, lamp?.storedCorrect], ['A', 'A. left, I think', false]);
    assert.deepEqual(lamp?.flags, ['nonStandardNumber']);
    assert.deepEqual([book?.extracted, book?.response, book?.storedCorrect], ['B', 'B.', null]);
    assert.deepEqual([book?.row, book?.unit, book?.sample, book?.meta['record']], [3, '2', 1, 3]);
    assert.deepEqual([again?.row, again?.extracted, again?.response, again?.sample], [4, 'A', 'A.', 2]);
    assert.deepEqual([bed?.row, bed?.extracted, bed?.question, bed?.options], [8, '', 'Where is the bed?', LEFT_RIGHT]);
    assert.deepEqual([mug?.meta['record'], bed?.meta['record']], [undefined, 6]);
    assert.deepEqual(
      dropped.map(({ row }) => row),
      [6, 7],
    );
    assert.match(dropped[0]?.detail ?? '', /Row 6: expected an answer as text/);
    assert.match(dropped[1]?.detail ?? '', /Row 7: expected doc_id and filtered_resps/);
  });

  it("scores both questions of MME's images together, and all variants of 3DSRBench's questions", async () => {
    const units = async (task: string): Promise<(string | null)[][]> => {
      const { items } = await readAll(lmmsEval, await openFile(`${LOGS}samples_${task}.jsonl`));
      return items.map(({ unit, task: part }) => [unit, part]);
    };
    assert.deepEqual(await units('mme'), [
      ['position/position/01.jpg', 'position'],
      ['position/position/01.jpg', 'position'],
      ['code_reasoning/0001.png', 'code_reasoning'],
      ['code_reasoning/0001.png', 'code_reasoning'],
    ]);
    assert.deepEqual(await units('3dsr_circular'), [
      ['TOYAAAA1', 'orientation_on_the_left'],
      ['TOYAAAA1', 'orientation_on_the_left'],
      ['TOYBBBB2', 'height_higher'],
    ]);
  });

  it('reads yes/no questions with a verdict inside the metric, and repeated document numbers as items of their own', async () => {
    const { items } = await readAll(lmmsEval, await openFile(`${LOGS}samples_pope.jsonl`));
    assert.deepEqual(
      items.map(({ id }) => id),
      ['0', '0'],
    );
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ['yes-no', 'yes-no'],
    );
    assert.deepEqual(
      items.map(({ storedCorrect }) => storedCorrect),
      [true, false],
    );
    assert.deepEqual(
      items[1]?.options.map(({ text }) => text),
      ['yes', 'no'],
    );
    assert.deepEqual([items[1]?.gold, items[1]?.extracted], ['no', 'yes.']);
  });

  it('reads older logs that keep the document', async () => {
    const file = path.join(FIXTURES, 'v0.2/acme__tiny-vl-1b/20240901_000000_samples_rooms.jsonl');
    const { items } = await readAll(lmmsEval, await openFile(file));
    const [rug, sink] = items;
    assert.equal(rug?.question, 'Where is the rug?');
    assert.deepEqual(
      rug?.options.map(({ label, text }) => `${label}: ${text}`),
      ['A: left of the bed', 'B: right of the bed'],
    );
    assert.deepEqual([rug?.gold, rug?.storedCorrect, rug?.images], ['(B)', true, ['rooms/7.jpg']]);
    assert.deepEqual([rug?.meta['source'], rug?.meta['other_score']], ['attic', 0]);
    assert.deepEqual([sink?.question, sink?.gold, sink?.goldAliases], ['Where is the sink?', 'left', ['to the left']]);
    assert.equal(sink?.storedCorrect, null);
  });
});

describeReal('lmms-eval: real files', () => {
  const log = realData('lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_');

  it('reads scienceqa_img: 2,017 items, 1,402 right', async () => {
    const file = `${log}samples_scienceqa_img.jsonl`;
    const found = lmmsEval.detect(await sniff(file));
    assert.deepEqual([found?.model, found?.dataset], ['liuhaotian/llava-v1.5-7b', 'scienceqa_img']);
    const { items, dropped } = await readAll(lmmsEval, await openFile(file));
    assert.deepEqual([items.length, dropped.length], [2017, 0]);
    assert.equal(items.filter(({ storedCorrect }) => storedCorrect === true).length, 1402);
    assert.equal(items.filter(({ extracted, gold }) => extracted === gold).length, 1402);
    assert.equal(new Set(items.map(({ id }) => id)).size, 2017);
    assert.ok(items.every(({ options, gold }) => options.some(({ label }) => label === gold)));
  });

  it('skips the results', async () => {
    const found = lmmsEvalResults.detect(await sniff(`${log}results.json`));
    assert.deepEqual([found?.role, found?.model], ['aggregate', 'liuhaotian/llava-v1.5-7b']);
    assert.match(found?.reason ?? '', /pope, scienceqa_img/);
  });
});
