import assert from 'node:assert/strict';
import { runNamed } from '../../../src/core/analysis/runNames.js';
import { FlipsideError } from '../../../src/core/model.js';

const run = (id: string, more: { model?: string; aliases?: string[] } = {}) => ({
  ...{ id, file: `/data/eval/${id}`, model: more.model ?? null, aliases: more.aliases ?? [] },
});
const RUNS = [
  run('base/preds.jsonl', { model: 'toy/seven' }),
  run('mirror/preds.jsonl', { aliases: ['copy/of-mirror.jsonl'] }),
  run('base/preds.jsonl.old'),
];

const usage = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof FlipsideError && error.options.exitCode === 2, String(error));
  assert.match(error.message, message);
  return true;
};

describe('command line: names of runs', () => {
  it('are the id, then a unique end or a model, then a unique part of id or file', () => {
    const of = (name: string): string | undefined => RUNS[runNamed(name, RUNS)]?.id;
    assert.equal(of('base/preds.jsonl'), 'base/preds.jsonl', 'an id, though another contains it');
    assert.equal(of('mirror/preds.jsonl'), 'mirror/preds.jsonl');
    assert.equal(of('of-mirror.jsonl'), 'mirror/preds.jsonl');
    assert.equal(of('toy/seven'), 'base/preds.jsonl');
    assert.equal(of('.old'), 'base/preds.jsonl.old');
    assert.equal(of('mirr'), 'mirror/preds.jsonl');
    assert.equal(of('eval/mirror'), 'mirror/preds.jsonl');
  });

  it('that fit several runs or none are errors that list the candidates, the nearest first', () => {
    assert.throws(
      () => runNamed('preds.jsonl', RUNS),
      usage(/^Several runs [^\n]*:\n {2}base\/preds\.jsonl\n {2}mirror\/preds\.jsonl$/),
    );
    assert.throws(() => runNamed('base', RUNS), usage(/Several runs/));
    assert.throws(
      () => runNamed('mirrro', RUNS),
      usage(/No run has "mirrro" in its id or file\. Did you mean:\n {2}mirror/),
    );
    assert.throws(() => runNamed('', RUNS), usage(/No run has ""/));
    assert.throws(() => runNamed('x', RUNS.slice(1, 2)), usage(/The only run is:\n {2}mirror/));
    const many = Array.from({ length: 20 }, (_, at) => run(`r${at}.csv`));
    assert.throws(() => runNamed('nothing', many), usage(/… and 12 more/));
  });
});
