import assert from 'node:assert/strict';
import path from 'node:path';
import { inspectEval, inspectJson } from '../../../src/core/formats/inspect.js';
import { sniff } from '../../../src/core/formats/shape.js';
import type { RawItem } from '../../../src/core/model.js';
import { fixture, openFile, readAll, shapeOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

/** The eight bytes of a PNG's signature. */
const PICTURE = 'inline:png;8 bytes;4c4b6a3be1314ab8';
const LOGS = fixture('inspect', 'v2');

describe('Inspect AI: detection', () => {
  const zip = shapeOf('log.eval', 'zip', []);
  const object = shapeOf('log.json', 'json-object', []);

  it("knows a log's archive by its entries", () => {
    const entries = ['_journal/start.json', 'samples/1_epoch_1.json'];
    assert.match(inspectEval.detect({ ...zip, entries })?.reason ?? '', /1 samples, still being written/);
    assert.equal(inspectEval.detect({ ...zip, entries: ['header.json', 'samples/1_epoch_1.json'] })?.role, 'run');
    assert.equal(inspectEval.detect({ ...zip, entries: ['header.json', 'data.csv'] }), null);
    assert.equal(inspectEval.detect({ ...zip, entries: ['xl/workbook.xml'] }), null);
  });

  it('knows a JSON log by its keys, also one that is too large to parse at once', () => {
    const root = { version: 2, status: 'started', eval: { task: 't', model: 'm', dataset: { name: 'd' } } };
    const found = inspectJson.detect({ ...object, root });
    assert.deepEqual([found?.role, found?.model, found?.dataset], ['run', 'm', 'd']);
    assert.equal(inspectJson.detect({ ...object, root: { version: 2, status: 'ok', eval: {} } }), null);
    assert.equal(inspectJson.detect({ ...object, root: { results: {} } }), null);
    const text = '{\n "version": 2,\n "status": "success", "eval": {"task_id": "x"';
    assert.equal(inspectJson.detect({ ...object, text })?.role, 'run');
    assert.equal(inspectJson.detect({ ...object, text: '{"version": 2}' }), null);
  });
});

describe('Inspect AI: fixtures', () => {
  it('reads a deflated log in the order of its ids', async () => {
    const file = path.join(LOGS, 'deflate.eval');
    assert.equal(inspectEval.detect(await sniff(file))?.role, 'run');
    const { items, dropped } = await readAll(inspectEval, await openFile(file));
    assert.deepEqual([items.length, dropped.length], [3, 0]);
    assert.deepEqual(
      items.map(({ id, row }) => `${row}: ${id}`),
      ['1: 1', '2: 2', '3: 10'],
    );
    const [first, second, third] = items;
    assert.deepEqual([first?.gold, first?.goldAliases, first?.storedCorrect], ['B', ['C'], true]);
    assert.equal(second?.question, 'Where is the mug?\nLook from the chair.');
    assert.deepEqual(
      second?.options.map(({ label, text }) => `${label}: ${text}`),
      ['A: left', 'B: right', 'C: behind'],
    );
    assert.deepEqual([second?.extracted, second?.response, second?.storedCorrect], ['B', 'ANSWER: B', false]);
    assert.deepEqual([second?.images, third?.images], [[PICTURE], [PICTURE]]);
    assert.deepEqual(
      [second?.task, second?.model, second?.sample, second?.unit],
      ['desk_choice', 'mock/tiny-vl', null, null],
    );
    const meta = {
      'eval.dataset': 'desk',
      scorer: 'choice',
      scene: 'desk',
      'view.yaw': 90,
      tags: ['mug'],
    };
    assert.deepEqual(second?.meta, meta);
  });

  it('reads a log in zstd with several frames to an entry, epochs and NaN', async () => {
    const { items } = await readAll(inspectEval, await openFile(path.join(LOGS, 'zstd.eval')));
    const places = (list: RawItem[]): unknown[] => list.map(({ id, sample, unit }) => [id, sample, unit]);
    assert.deepEqual(places(items), [
      ['a', 1, 'a'],
      ['b', 1, 'b'],
      ['a', 2, 'a'],
      ['b', 2, 'b'],
    ]);
    assert.deepEqual(
      items.map(({ extracted }) => extracted),
      ['No.', 'Yes', 'Yes', 'No'],
    );
    assert.deepEqual(
      items.map(({ response }) => response),
      ['No.', 'Yes', 'Yes', 'No'],
    );
    assert.deepEqual(
      items.map(({ storedCorrect }) => storedCorrect),
      [false, true, null, null],
    );
    assert.deepEqual([items[0]?.kind, items[0]?.gold, items[0]?.model], ['yes-no', 'Yes', 'mock/tiny-vl']);
    assert.deepEqual([items[0]?.flags, items[0]?.meta['certainty']], [['nonStandardNumber'], undefined]);
    assert.deepEqual([items[3]?.meta['score.match'], items[3]?.meta['score.length']], ['P', 3]);
  });

  it('reads what there is of a log cut short, and names the entries that cannot be read', async () => {
    const file = path.join(LOGS, 'in-progress.eval');
    assert.match(inspectEval.detect(await sniff(file))?.reason ?? '', /4 samples, still being written/);
    const { items, dropped } = await readAll(inspectEval, await openFile(file));
    const [failed, answered] = items;
    assert.deepEqual([failed?.id, failed?.response, failed?.extracted], ['1', null, null]);
    assert.deepEqual([failed?.meta['error'], failed?.task], ['CUDA out of memory', 'chair_open']);
    assert.deepEqual([answered?.id, answered?.response, answered?.storedCorrect], ['4', 'Behind the desk.', null]);
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [
        [2, 'unreadable sample'],
        [3, 'unreadable sample'],
      ],
    );
    assert.match(dropped[0]?.detail ?? '', /samples\/2_epoch_1\.json/);
    assert.match(dropped[1]?.detail ?? '', /samples\/3_epoch_1\.json/);
  });

  it('reads a JSON log', async () => {
    const file = path.join(LOGS, 'log.json');
    const found = inspectJson.detect(await sniff(file));
    assert.deepEqual([found?.role, found?.model, found?.dataset], ['run', 'mock/tiny-vl', 'pictures']);
    const { items, dropped } = await readAll(inspectJson, await openFile(file));
    const [item] = items;
    assert.deepEqual([item?.question, item?.images], ['What is above the sofa?', [PICTURE]]);
    assert.deepEqual([item?.gold, item?.goldAliases, item?.extracted], ['painting', ['picture'], '[Painting]']);
    assert.deepEqual(
      dropped.map(({ row }) => row),
      [2],
    );
  });
});

describeReal('Inspect AI: real files', () => {
  async function readLog(name: string): Promise<RawItem[]> {
    const file = realData('inspect_ai', name);
    const shape = await sniff(file);
    const format = name.endsWith('.eval') ? inspectEval : inspectJson;
    assert.equal(format.detect(shape)?.role, 'run');
    const { items, dropped } = await readAll(format, await openFile(file));
    assert.deepEqual(dropped, []);
    return items;
  }

  it('reads a log without scores: 10 samples in order', async () => {
    const items = await readLog('2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval');
    assert.deepEqual(
      items.map(({ id }) => id),
      Array.from({ length: 10 }, (_, i) => String(i + 1)),
    );
    assert.ok(
      items.every(({ extracted, storedCorrect, response }) => extracted === null && storedCorrect === null && response),
    );
    assert.ok(
      items.every(
        ({ kind, model, task }) => kind === 'yes-no' && model === 'openai/gpt-4o-mini' && task === 'popularity',
      ),
    );
  });

  it('reads a log with one sample', async () => {
    const [item, ...others] = await readLog('log_formats.eval');
    assert.deepEqual([item?.gold, item?.extracted, item?.storedCorrect, others.length], ['Yes', 'No', false, 0]);
  });

  it('reads a log of two questions in two epochs', async () => {
    const items = await readLog('log_streaming.eval');
    assert.deepEqual(
      items.map(({ id, sample }) => `${id}/${sample}`),
      ['1/1', '2/1', '1/2', '2/2'],
    );
    assert.deepEqual(
      items.map(({ unit }) => unit),
      ['1', '2', '1', '2'],
    );
  });

  it('reads multiple choice', async () => {
    const [item, ...others] = await readLog('mmlu-summary-choices.eval');
    assert.deepEqual([item?.options.length, item?.gold, item?.extracted, item?.response], [4, 'A', 'C', 'ANSWER: C']);
    assert.deepEqual([item?.storedCorrect, item?.meta['subject'], others.length], [false, 'college_physics', 0]);
  });

  it('reads a JSON log with an image', async () => {
    const [item, ...others] = await readLog('log_images.json');
    assert.deepEqual([item?.gold, item?.goldAliases, item?.response], ['bike', ['bicycle'], '[Abstract]']);
    assert.deepEqual([item?.images, others.length], [['inline:png;6395 bytes;9f68c36d93fabe6f'], 0]);
    assert.equal(item?.question, 'What is this a picture of?');
  });
});
