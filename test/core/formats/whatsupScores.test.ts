import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spatialCaptions, whatsupCaptions } from '../../../src/core/formats/whatsupCaptions.js';
import { whatsupScores } from '../../../src/core/formats/whatsupScores.js';
import { makeWorkspace, onlyRun, runEnding, skippedReason, summaryOf, type Workspace } from '../../support/cli.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';

const FOLDER = fixture('whatsup-scores', 'v1');
const at = (...parts: string[]): string => path.join(FOLDER, ...parts);

describe("formats: What'sUp score arrays", () => {
  it('recognises N×1×4 and N×1×2 by their shape alone, and says how many items they answer', async () => {
    const four = recognised(whatsupScores, (await openFile(at('controlled', 'scores.npy'))).shape);
    assert.deepEqual([four.role, four.model, four.places], ['run', null, { rows: 8, options: 4 }]);
    const two = recognised(
      whatsupScores,
      (await openFile(at('spatial', 'toy--None--None--toy-clip--1--si2t.npy'))).shape,
    );
    assert.deepEqual([two.model, two.dataset, two.places], ['toy-clip', 'toy', { rows: 4, options: 2 }]);
    assert.equal(whatsupScores.detect((await openFile(at('spatial', 'boxes.npy'))).shape), null);
    assert.equal(whatsupScores.detect(shapeOf('scores.npy', 'json-array', [{ values: [[1, 2]] }])), null);
  });

  it('takes the first of the highest scores, and none where one is missing', async () => {
    const controlled = await readAll(whatsupScores, await openFile(at('controlled', 'scores.npy')));
    assert.deepEqual(
      controlled.items.map(({ extracted }) => extracted),
      ['A', 'A', 'A', 'A', 'A', 'A', 'C', 'A'],
    );
    assert.deepEqual(controlled.items[7]?.meta, { scores: [0.25, 0.25, 0.25, 0.25], tied: true });
    assert.ok(controlled.items.every(({ gold, options }) => gold === null && options.length === 0));
    const pairs = await readAll(whatsupScores, await openFile(at('spatial', 'toy--None--None--toy-clip--1--si2t.npy')));
    assert.deepEqual(
      pairs.items.map(({ extracted, flags }) => [extracted, flags.length]),
      [
        ['A', 0],
        ['B', 0],
        ['A', 0],
        ['', 1],
      ],
    );
  });
});

describe("formats: What'sUp captions", () => {
  it('reads controlled images: the first caption is right, the image names relation and contrast set', async () => {
    const source = await openFile(at('controlled', 'captions.json'));
    assert.deepEqual(
      [recognised(whatsupCaptions, source.shape).role, recognised(whatsupCaptions, source.shape).dataset],
      ['definition', "What'sUp"],
    );
    const { items, dropped } = await readAll(whatsupCaptions, source);
    assert.deepEqual([items.length, dropped], [8, []]);
    const [first] = items;
    assert.deepEqual(
      [first?.gold, first?.relation, first?.contrastSet, first?.images],
      ['A', 'left_of', 'teapot|crate', ['data/toy/teapot_left_of_crate.jpeg']],
    );
    assert.deepEqual(first?.options[0], { label: 'A', text: 'A teapot to the left of a crate' });
    assert.deepEqual(items.map(({ relation }) => relation).slice(0, 4), ['left_of', 'right_of', 'on', 'under']);
  });

  it('reads pairs of captions, one object and two, and drops what is no pair', async () => {
    const source = await openFile(at('broken', 'pairs.json'));
    assert.equal(recognised(spatialCaptions, source.shape).dataset, null);
    const { items, dropped } = await readAll(spatialCaptions, source);
    assert.deepEqual(
      items.map(({ task, images, gold, meta }) => [task, images, gold, meta['image_id']]),
      [
        ['one object', [], 'A', 11],
        ['one object', [], 'A', 12],
        ['two objects', [], 'A', 13],
        ['two objects', [], 'A', 14],
      ].map(([task, images, gold, id]) => [task, images, gold, String(id)]),
    );
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[5, 'not a pair of captions']],
    );
    const named = await readAll(spatialCaptions, await openFile(at('spatial', 'coco_toy.json')));
    assert.deepEqual(named.items[0]?.images, ['val2017/000000000011.jpg']);
  });

  it('leaves other lists of lists alone', () => {
    const lists = (text: string): unknown =>
      spatialCaptions.detect({ ...shapeOf('coco.json', 'json-array', []), text });
    assert.equal(lists('[[1, 2, 3]]'), null);
    assert.equal(lists('["a", "b"]'), null);
    assert.notEqual(lists('[[1, "a", "b"]]'), null);
  });
});

describe("What'sUp scores, from array to numbers", function (this: Mocha.Suite) {
  this.timeout(120_000);
  let workspace: Workspace;
  before(() => {
    workspace = makeWorkspace();
  });
  after(() => workspace.remove());

  it('gives the official accuracy and pairs, joined to the captions by place', async () => {
    const summary = await summaryOf([at('controlled')], workspace.cache);
    const run = runEnding(summary, 'scores.npy');
    assert.deepEqual([run.rows, run.items, run.noGold, run.correct, run.accuracy], [8, 8, 0, 7, 7 / 8]);
    assert.deepEqual(run.pairs, { pairAccuracy: 3 / 4, setAccuracy: 1 / 2, pairs: 4, sets: 2 });
    assert.equal(run.dataset, "What'sUp");
    assert.deepEqual([run.joined[0]?.byPosition, run.chance], [8, 0.25]);
  });

  it('joins an array that is cut off to the places that are there', async () => {
    const run = runEnding(await summaryOf([at('controlled')], workspace.cache), 'half.npy');
    assert.deepEqual([run.rows, run.items, run.dropped.total, run.correct], [6, 5, 1, 5]);
  });

  it('tells one object from two', async () => {
    const run = onlyRun(await summaryOf([at('spatial')], workspace.cache));
    assert.deepEqual([run.items, run.correct], [4, 2]);
    assert.deepEqual(
      ['one object', 'two objects'].map((task) => run.byTask[task]?.accuracy),
      [1 / 2, 1 / 2],
    );
    assert.equal(run.classes['vertical-flip']?.count, 1);
    assert.deepEqual(run.unparsedByReason, { empty: 1 });
  });

  it('joins nothing where no caption file has as many items, or where several have', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'flipside-scores-'));
    try {
      await cp(at('controlled', 'scores.npy'), path.join(folder, 'scores.npy'));
      const alone = onlyRun(await summaryOf([folder], workspace.cache));
      assert.deepEqual([alone.noGold, alone.accuracy], [8, null]);
      assert.match(alone.warnings.join('\n'), /no benchmark file with 8 items of 4 options each/);
      await cp(at('controlled', 'captions.json'), path.join(folder, 'a.json'));
      await cp(at('controlled', 'captions.json'), path.join(folder, 'copy.json'));
      assert.equal(onlyRun(await summaryOf([folder], workspace.cache)).correct, 7);
      const items = (await readAll(whatsupCaptions, await openFile(at('controlled', 'captions.json')))).items;
      const other = items.map(({ options }) => ({
        image_path: 'x.png',
        caption_options: options.map(({ text }) => text.replace('teapot', 'jug')),
      }));
      await writeFile(path.join(folder, 'other.json'), JSON.stringify(other));
      const unclear = onlyRun(await summaryOf([folder], workspace.cache));
      assert.equal(unclear.noGold, 8);
      assert.match(
        unclear.warnings.join('\n'),
        /2 benchmark files have 8 items of 4 options each \(a\.json, other\.json\)/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says of other arrays what they are', async () => {
    const reason = skippedReason(await summaryOf([at('spatial')], workspace.cache), 'boxes.npy');
    assert.match(reason, /a NumPy array of shape \[3,4\] and type <f8/);
  });
});
