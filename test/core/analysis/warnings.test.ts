import assert from 'node:assert/strict';
import path from 'node:path';
import { fullOverview } from '../../../src/server/overview.js';
import { Analysis } from '../../../src/core/analysis.js';
import { describeReal, REAL_DATA } from '../../support/realData.js';
import { withWorkspace } from '../../support/cli.js';
import { predictions, withAnalysis, type Record } from './support.js';

/** Predictions of which so many are refusals. */
function answered(items: number, unread: number, more: Partial<Record> = {}): string {
  return predictions(
    Array.from({ length: items }, (_, n) => ({
      ...{ id: n, question: `Where is cup ${n}?`, options: ['left', 'right'], answer: 'A' },
      ...{ response: n < unread ? "I'm sorry, I cannot help with that." : 'A', ...more },
    })),
  );
}

/** For each run the first words of its warnings, with a mark before those that are urgent. */
async function marks(analysis: Analysis): Promise<string[][]> {
  const { runs } = await fullOverview(analysis, 'test');
  return runs.map(({ warnings }) =>
    warnings.map(({ text, urgent }) => `${urgent ? '! ' : ''}${text.split(' ').slice(0, 5).join(' ')}`),
  );
}

describe('analysis: which warnings mark a run', () => {
  it('not answers that no model is without, but so many that the file or the rule is to be looked at', () =>
    withAnalysis({ 'a.jsonl': answered(40, 4), 'b.jsonl': answered(40, 5) }, async (analysis) => {
      assert.deepEqual(await marks(analysis), [['4 of 40 answers could'], ['! 5 of 40 answers could']]);
    }));

  it('whatever makes numbers wrong and can be mended', () =>
    withAnalysis(
      { 'a.jsonl': answered(4, 0, { answer: 'up' }), 'b.csv': 'id,question,options,answer,prediction\n' },
      async (analysis) => {
        assert.deepEqual(await marks(analysis), [['! 4 gold answers are none'], ['! The file has a header']]);
      },
    ));

  it('none of the sample’s runs, each of which has some', () =>
    withWorkspace(async ({ cache }) => {
      const analysis = await Analysis.open([path.resolve('test/fixtures/room')], { cacheDir: cache });
      const found = await marks(analysis);
      analysis.close();
      assert.equal(found.length, 3);
      for (const warnings of found) {
        assert.ok(warnings.length > 0);
        assert.deepEqual(
          warnings.filter((warning) => warning.startsWith('!')),
          [],
        );
      }
    }));
});

describeReal('analysis: warnings of published runs', () => {
  it('mark the empty one alone', () =>
    withWorkspace(async ({ cache }) => {
      const analysis = await Analysis.open([path.join(REAL_DATA, 'wurf2026')], { cacheDir: cache });
      const { runs } = await fullOverview(analysis, 'test');
      analysis.close();
      assert.equal(runs.filter(({ warnings }) => warnings.length > 0).length, 6);
      const marked = runs.filter(({ warnings }) => warnings.some(({ urgent }) => urgent));
      assert.deepEqual(
        marked.map(({ model }) => model),
        ['mvsm_visual_prompt_v1'],
      );
    }));
});
