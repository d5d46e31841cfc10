import assert from 'node:assert/strict';
import { FlipsideError } from '../../src/core/model.js';
import { chooseModel } from '../../src/inference/reruns/chooseModel.js';
import { filledPrompt } from '../../src/inference/reruns/prompt.js';
import { rerunName } from '../../src/inference/reruns/rerunFile.js';
import type { FoundModel } from '../../src/protocol/inference.js';

function model(id: string, missing: string | null = null): FoundModel {
  const kind = id.slice(0, id.indexOf(':')) as FoundModel['kind'];
  return { id, kind, name: id.slice(id.indexOf(':') + 1), where: '', bytes: null, missing };
}

const FOUND = [
  model('bundled:augmented'),
  model('bundled:baseline'),
  model('openai:host/qwen-vl', 'It does not answer.'),
];

describe('which model is asked again', () => {
  it('is the run’s own where one has its name, whatever the case', () => {
    assert.equal(chooseModel(FOUND, null, 'Baseline').id, 'bundled:baseline');
    assert.throws(() => chooseModel(FOUND, null, 'baseline-boxes'), FlipsideError);
    assert.throws(() => chooseModel(FOUND, null, null), /names no model/);
  });

  it('is the one that a name means, by its id or a part that no other has', () => {
    assert.equal(chooseModel(FOUND, 'augm', null).id, 'bundled:augmented');
    assert.equal(chooseModel(FOUND, 'qwen', null).id, 'openai:host/qwen-vl');
    assert.throws(() => chooseModel(FOUND, 'bundled', null), /may be bundled:augmented, bundled:baseline/);
    assert.throws(() => chooseModel(FOUND, 'gpt', null), /There is no model "gpt"/);
  });

  it('is never one that cannot be loaded, unless it is named', () => {
    assert.throws(() => chooseModel(FOUND, null, 'qwen-vl'), FlipsideError);
  });
});

describe('a prompt of the user', () => {
  const item = {
    question: 'Where is {options}?',
    options: [
      { label: 'A', text: 'left' },
      { label: null, text: 'right' },
    ],
  };

  it('has the item put in, and what the item says is taken as it is', () => {
    assert.equal(filledPrompt('Q: {question}\n{options}', item), 'Q: Where is {options}?\nA. left\nright');
    assert.equal(filledPrompt('{Question}', item), '{Question}');
    assert.equal(filledPrompt(null, item), null);
    assert.equal(filledPrompt('{question}', { ...item, question: null }), '');
  });
});

describe('the name of a file of reruns', () => {
  it('tells two of the same second apart, and is one that every file system takes', () => {
    const at = (ms: number): string =>
      rerunName('a/b c', 'results/Ärger: x.jsonl', new Date(Date.UTC(2026, 10, 30, 8, 0, 0, ms)));
    assert.notEqual(at(1), at(2));
    assert.match(at(1), /^[A-Za-z0-9._-]+$/);
  });
});
