import assert from 'node:assert/strict';
import path from 'node:path';
import type { JsonObject } from '../../../src/core/model.js';
import type { Rerun } from '../../../src/inference/reruns/rerun.js';
import { problemOf, USUAL_CHOICES } from '../../../src/protocol/rerunPage.js';
import type { ItemView } from '../../../src/protocol/rows.js';
import { freshRerun, storedRerun } from '../../../src/views/reruns/shownRerun.js';

const FILE = path.resolve('/data/.flipside/reruns/m_on_r.jsonl');

/** A row of a file of reruns as the analysis tells it. */
function view(meta: JsonObject, response: string, row = 1): ItemView {
  const record = { response, class: 'horizontal-flip', predicted: 'right', predictedDirection: 'right', meta };
  return { key: { run: 'reruns/m_on_r.jsonl', row }, outcome: 'wrong', record } as unknown as ItemView;
}

const META: JsonObject = {
  model_id: 'bundled:baseline',
  device: 'CPU',
  prompt: 'Where is it?',
  transforms: ['prompt'],
  probabilities: [0.25, null, 0.75],
  probability_source: 'logits',
  temperature: 0.5,
  seed: 7,
  duration_ms: 12.5,
  created: '2026-11-30T08:00:00.000Z',
  notes: ['one'],
  saliency: {
    method: 'gradient',
    target: 'left',
    raw: ['m_on_r.maps/1-a.npy'],
    notes: ['two'],
    tokens: [
      ['where', 0.5],
      ['odd', 'no number'],
    ],
  },
};

describe('reruns as a page shows them', () => {
  it('are read from the rows of their file, one for each sample', () => {
    const kept = storedRerun(FILE, 'baseline', [view(META, 'C. right'), view(META, 'D. left', 2)]);
    assert.deepEqual(kept?.shown.answers, ['C. right', 'D. left']);
    assert.deepEqual(kept?.shown.probabilities, [0.25, null, 0.75]);
    assert.equal(kept?.shown.read?.class, 'horizontal-flip');
    assert.deepEqual(kept?.shown.map?.tokens, [{ text: 'where', weight: 0.5 }]);
    assert.deepEqual(kept?.maps, [path.resolve('/data/.flipside/reruns/m_on_r.maps/1-a.npy')]);
  });

  it('lead to no file but the maps beside them', () => {
    for (const stated of [
      '/etc/passwd',
      '../../secret.npy',
      'm_on_r.maps/../x.npy',
      'm_on_r.maps/x.txt',
      'other.maps/x.npy',
    ]) {
      const meta = { ...META, saliency: { method: 'gradient', raw: [stated] } };
      assert.deepEqual(storedRerun(FILE, null, [view(meta, 'x')])?.maps, [], stated);
    }
  });

  it('stand without what a file of another hand lacks or states otherwise', () => {
    const odd = {
      probabilities: 'many',
      notes: 'one',
      saliency: [1],
      seed: '7',
      transforms: null,
      probability_source: 'guess',
    };
    const kept = storedRerun(FILE, null, [view(odd, '')]);
    const { probabilities, notes, map, seed, source, model } = kept?.shown ?? {};
    assert.deepEqual(
      { probabilities, notes, map, seed, source, model },
      {
        ...{ probabilities: null, notes: [], map: null, seed: null, source: null, model: 'a model' },
      },
    );
    assert.equal(storedRerun(FILE, null, []), null);
  });

  it('are told at once, under the name that their file’s row will have', () => {
    const info = { id: 'bundled:baseline', device: 'CPU', notes: ['small'] };
    const rerun = {
      asked: {
        ...{ info, prompt: 'Where?', answers: [{ text: 'C. right', seed: null }], milliseconds: 4 },
        score: { probabilities: [1], source: 'logits', notes: [] },
      },
      saliency: { method: 'occlusion', tokens: null, notes: [] },
      record: { target: 'right', raw: ['m_on_r.maps/1.npy'] },
      unexplained: null,
    } as unknown as Rerun;
    const kept = freshRerun(FILE, rerun, USUAL_CHOICES);
    assert.equal(kept.shown.id, storedRerun(FILE, 'baseline', [view(META, 'C. right')])?.shown.id);
    assert.equal(kept.shown.map?.id, kept.shown.id);
    assert.equal(kept.shown.read, null);
    assert.deepEqual(kept.maps, [path.resolve('/data/.flipside/reruns/m_on_r.maps/1.npy')]);
  });
});

describe('how an item is asked again', () => {
  it('is refused in a sentence where it means nothing', () => {
    assert.equal(problemOf(USUAL_CHOICES), null);
    assert.equal(problemOf({ ...USUAL_CHOICES, n: 5, temperature: 0.7 }), null);
    for (const [part, expected] of [
      [{ n: 0 }, /Samples/],
      [{ n: 1.5 }, /Samples/],
      [{ n: 5000, temperature: 1 }, /Samples: a whole number from 1 to 1000/],
      [{ n: 2 }, /temperature 0/],
      [{ temperature: -1 }, /Temperature/],
      [{ temperature: Number.NaN }, /Temperature/],
      [{ seed: -1 }, /Seed/],
      [{ maxTokens: 0 }, /Longest answer/],
    ] as const) {
      assert.match(problemOf({ ...USUAL_CHOICES, ...part }) ?? '', expected);
    }
  });
});
