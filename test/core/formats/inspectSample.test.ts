import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sampleItem } from '../../../src/core/formats/inspectSample.js';
import type { LogHeader } from '../../../src/core/formats/inspectSample.js';
import type { Json, JsonObject, RawItem } from '../../../src/core/model.js';

/** The eight bytes of a PNG's signature. */
const PICTURE = 'inline:png;8 bytes;4c4b6a3be1314ab8';
const HEADER: LogHeader = { model: 'mock/tiny-vl', task: 'desk', dataset: 'desks' };

function item(sample: JsonObject, epochs = false): RawItem {
  return sampleItem(sample, HEADER, { row: 3, epochs, flags: [] });
}

function completion(text: string): JsonObject {
  return { output: { completion: text } };
}

describe('Inspect AI: a sample', () => {
  it('takes the question from text or from the last user message, and images from all of them', () => {
    assert.equal(item({ input: 'Where is the mug?' }).question, 'Where is the mug?');
    const user = (...content: Json[]): JsonObject => ({ role: 'user', content });
    const text = { type: 'text', text: 'Where is the mug?' };
    const image = (name: string): JsonObject => ({ type: 'image', image: name });
    const asked = item({
      input: [user(image('a.png')), { role: 'assistant', content: 'I see.' }, user(image('attachment://b1'), text)],
    });
    assert.equal(asked.question, 'Where is the mug?');
    assert.deepEqual(asked.images, ['a.png', 'attachment://b1']);
    assert.deepEqual(
      [item({}).question, item({ input: [] }).question, item({ input: 5 }).question],
      [null, null, null],
    );
  });

  it('never copies a picture, and resolves attached text', () => {
    const data = 'data:image/png;base64,iVBORw0KGgo=';
    const sample: JsonObject = {
      input: [
        {
          role: 'user',
          content: [
            { type: 'image', image: data },
            { type: 'text', text: 'attachment://t' },
          ],
        },
      ],
      attachments: { t: 'A long question?', p: data },
    };
    assert.deepEqual([item(sample).images, item(sample).question], [[PICTURE], 'A long question?']);
    assert.equal(item({ input: 'attachment://p', attachments: { p: data } }).question, 'attachment://p');
  });

  it('labels choices A, B, C, and after Z by number', () => {
    const few = item({ input: 'Where?', choices: ['left', 'right'], target: 'B' });
    assert.deepEqual(
      few.options.map(({ label }) => label),
      ['A', 'B'],
    );
    assert.deepEqual([few.kind, few.gold], [null, 'B']);
    const many = item({ input: 'Which?', choices: Array.from({ length: 28 }, (_, i) => `place ${i}`) });
    assert.deepEqual(
      many.options.slice(25).map(({ label }) => label),
      ['Z', '1', '2'],
    );
    const printed = item({ input: 'Where?\nA) left\nB) right', target: 'A' });
    assert.deepEqual(
      printed.options.map(({ text }) => text),
      ['left', 'right'],
    );
  });

  it('knows yes/no questions by their target, unless there are choices', () => {
    const asked = item({ input: 'Is it left?', target: ' Yes' });
    assert.deepEqual([asked.kind, asked.gold, asked.options.map(({ text }) => text)], ['yes-no', 'Yes', ['yes', 'no']]);
    assert.equal(item({ input: 'Is it left?', target: 'Yes', choices: ['Yes', 'No'] }).kind, null);
    assert.equal(item({ input: 'Where?', target: 'Yesterday' }).kind, null);
  });

  it('takes the first target as gold and the others as aliases', () => {
    const asked = item({ target: ['bike', 'bicycle'] });
    assert.deepEqual([asked.gold, asked.goldAliases], ['bike', ['bicycle']]);
    assert.deepEqual([item({ target: '' }).gold, item({ target: [] }).gold, item({}).gold], [null, null, null]);
  });

  it('reads the response from the completion, or the message as text or parts', () => {
    assert.equal(item(completion('ANSWER: A')).response, 'ANSWER: A');
    const message = (content: Json): JsonObject => ({ output: { choices: [{ message: { content } }] } });
    assert.equal(item(message('left')).response, 'left');
    const parts = item(
      message([
        { type: 'reasoning', reasoning: 'Hm.' },
        { type: 'text', text: 'le' },
        { type: 'text', text: 'ft' },
      ]),
    );
    assert.deepEqual([parts.response, parts.meta['reasoning']], ['le\nft', 'Hm.']);
    assert.equal(item({ output: { completion: '', choices: [] } }).response, '');
    assert.equal(item({ error: { message: 'out of memory' } }).response, null);
    assert.equal(item({ error: { message: 'out of memory' } }).meta['error'], 'out of memory');
  });

  it("reads the scorer's answer and verdict, from the first scorer that stored an answer", () => {
    const one = item({
      ...completion('ANSWER: C'),
      scores: { choice: { value: 'I', answer: 'C', explanation: 'ANSWER: C' } },
    });
    assert.deepEqual([one.extracted, one.storedCorrect], ['C', false]);
    assert.deepEqual(one.meta, { 'eval.dataset': 'desks', scorer: 'choice' });
    const two = item({ scores: { length: { value: 9 }, match: { value: 'C', answer: 'left' } } });
    assert.deepEqual([two.extracted, two.storedCorrect, two.meta['scorer']], ['left', true, 'match']);
    assert.equal(two.meta['score.length'], 9);
    for (const scores of [{}, [], null]) {
      const none = item({ ...completion('left'), scores });
      assert.deepEqual([none.extracted, none.storedCorrect, none.response], [null, null, 'left']);
    }
    assert.equal(item({ score: { value: 'C', answer: 'B' } }).extracted, 'B');
  });

  it('takes only certain values for a verdict', () => {
    const verdict = (value: Json): boolean | null => item({ scores: { s: { value } } }).storedCorrect;
    assert.deepEqual(['C', 1, true, 'yes', '1.0', 'true'].map(verdict), [true, true, true, true, true, true]);
    assert.deepEqual(['I', 'N', 0, false, 'no', '0'].map(verdict), [false, false, false, false, false, false]);
    assert.deepEqual(['P', 0.5, { a: 1 }, [1], null, 'c'].map(verdict), [null, null, null, null, null, null]);
    assert.equal(item({ scores: { s: { value: 'P' } } }).meta['score.s'], 'P');
  });

  it('flattens metadata by one level and lets nothing of it overwrite the log', () => {
    const { meta } = item({ metadata: { view: { yaw: 90, lens: { mm: 35 } }, scorer: 'mine', none: null } });
    assert.deepEqual(meta, { 'eval.dataset': 'desks', 'view.yaw': 90, 'view.lens': { mm: 35 }, scorer: 'mine' });
    const clash = item({ metadata: { scorer: 'mine' }, scores: { match: { value: 'C' } } });
    assert.deepEqual([clash.meta['scorer'], clash.meta['metadata.scorer']], ['match', 'mine']);
  });

  it('numbers samples only where a question is asked more than once', () => {
    const once = item({ id: 7, epoch: 1 });
    assert.deepEqual([once.id, once.sample, once.unit, once.row], ['7', null, null, 3]);
    const twice = item({ id: 7, epoch: 2 }, true);
    assert.deepEqual([twice.id, twice.sample, twice.unit], ['7', 2, '7']);
  });

  it('makes one item of any sample, however odd its values', () => {
    const keys = [
      'id',
      'epoch',
      'input',
      'choices',
      'target',
      'output',
      'scores',
      'score',
      'metadata',
      'attachments',
      'error',
      'limit',
    ];
    const parts = fc.array(
      fc.dictionary(fc.constantFrom('role', 'content', 'type', 'text', 'image', 'value'), fc.jsonValue()),
    );
    const value = fc.oneof(fc.jsonValue(), parts, fc.constant({ choices: [{ message: { content: [null, 1, {}] } }] }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), fc.boolean(), (sample, epochs) => {
        const read = item(JSON.parse(JSON.stringify(sample)) as JsonObject, epochs);
        assert.equal(read.row, 3);
        assert.ok(read.options.every(({ text }) => typeof text === 'string'));
        assert.ok(read.gold === null || read.gold.trim() !== '');
      }),
    );
  });
});
