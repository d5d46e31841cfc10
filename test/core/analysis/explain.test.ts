import assert from 'node:assert/strict';
import { explain } from '../../../src/core/analysis/explain.js';
import { warningsOf } from '../../../src/core/analysis/warnings.js';
import type { RunInfo } from '../../../src/core/analysis/runs.js';
import type { RunSummary } from '../../../src/core/analysis/summaryTypes.js';
import type { Flag } from '../../../src/core/model.js';
import type { ItemRecord, RecordTrace } from '../../../src/core/store/pageQueries.js';

const LENS = { name: 'axes', version: '1' };

const RECORD: ItemRecord = {
  ...{ run: 'r', item: '1', class: 'horizontal-flip', drift: false, status: 'parsed', correct: false },
  ...{ storedCorrect: null, gold: 'left', predicted: 'right', goldDirection: 'left', predictedDirection: 'right' },
  ...{ angle: 180, frame: 'camera', convention: 'toward-viewer', kind: 'choice', task: null, relation: null },
  ...{ family: null, contact: false, question: 'Where?', options: [], goldOption: 0, predictedOption: 1 },
  ...{
    extracted: null,
    response: 'It is right.',
    confidence: null,
    images: [],
    flags: [],
    file: '/f',
    row: 1,
    meta: {},
  },
};

const TRACE: RecordTrace = {
  answer: { rule: 'default', source: 'response', start: 6, end: 11, text: 'right' },
  lensRule: 'rule 3, horizontal-flip: reversed on lateral',
  frameSwapOf: null,
};

const said = (record: Partial<ItemRecord>, trace: Partial<RecordTrace> = {}): string =>
  explain({ ...RECORD, ...record }, { ...TRACE, ...trace }, LENS).join('\n');

describe('analysis: why an item counts as it does', () => {
  it('tells where the answer was read, what it was against, and the class', () => {
    assert.deepEqual(explain(RECORD, TRACE, LENS), [
      'The answer "right" was read by rule default from characters 6 to 11 of the response: "right".',
      'Gold "left" (left), predicted "right" (right); the camera\'s frame; 180° apart in the horizontal plane, clockwise positive.',
      'Class horizontal-flip under lens axes v1: rule 3, horizontal-flip: reversed on lateral.',
    ]);
  });

  it('tells a right answer', () => {
    const text = said({ correct: true, class: null, predicted: 'left', predictedDirection: 'left', angle: 0 });
    assert.match(text, /It is the gold answer: correct\./);
    assert.doesNotMatch(text, /°|Class/);
  });

  it('tells why no answer was read, for every reason there is', () => {
    const reasons: readonly (readonly [string, RegExp])[] = [
      ['empty', /the response is empty/],
      ['refusal', /the response declines to answer \("right"\)/],
      ['off-list', /names something that was not offered \("right"\)/],
      ['ambiguous', /supports two options equally/],
      ['unparsed', /no option could be read from the response/],
    ];
    for (const [status, reason] of reasons) {
      const text = said({ status, predicted: null, predictedDirection: null, class: null, angle: null });
      assert.match(text, /^No answer was read: /);
      assert.match(text, reason);
      assert.match(text, /counts as wrong and enters no direction count/);
      assert.doesNotMatch(text, /predicted|Class/);
    }
    const answer = { ...TRACE.answer, source: 'extracted' };
    assert.match(said({ status: 'empty' }, { answer }), /the tool's extracted answer is empty/);
  });

  it('tells what front means, where front or back is in play', () => {
    const depth: Partial<ItemRecord> = { goldDirection: 'front-left' };
    assert.match(said(depth), /camera's frame, front is nearer to the viewer;/);
    assert.match(said({ ...depth, convention: 'away-from-viewer' }), /front is away from the viewer/);
    assert.match(said({ ...depth, convention: 'facing', frame: 'person' }), /person's frame, front is where the one/);
    assert.match(
      said({ ...depth, convention: 'unstated', frame: 'unstated' }),
      /no frame of reference stated, what front means is not stated/,
    );
    assert.doesNotMatch(said({}), /front is/);
  });

  it('tells items without a gold answer, statements, and answers without a direction', () => {
    assert.match(
      said({ gold: null, correct: null, class: null }),
      /no gold answer, so the item stands outside every rate/,
    );
    assert.match(
      said({ kind: 'yes-no', gold: 'yes', class: 'false-no' }),
      /A statement to judge; the right answer is "yes"/,
    );
    assert.match(said({ predictedDirection: null, angle: null }), /predicted "right" \(no direction\)/);
  });

  it('tells every flag that has something to tell', () => {
    const flags: readonly (readonly [Flag, RegExp])[] = [
      ['letterTextConflict', /Letter and text of the answer name different options; the letter is followed/],
      ['goldConflict', /Letter and text of the gold answer name different options/],
      ['goldUnmatched', /The gold answer is none of the options/],
      ['optionsUnknown', /compared by letter/],
      ['imageAmbiguous', /which image was shown is not known/],
      ['storedDiffers', /own verdict says wrong; the answer as read says otherwise/],
      ['frameSwap', /right answer in the person frame: "Whose left\?"/],
    ];
    const trace = { frameSwapOf: { frame: 'person', question: 'Whose left?' } };
    for (const [flag, sentence] of flags) {
      assert.match(said({ flags: [flag], storedCorrect: false }, trace), sentence);
      assert.doesNotMatch(said({}, trace), sentence);
    }
    assert.match(said({ flags: ['storedDiffers'], storedCorrect: true }), /verdict says correct/);
  });
});

describe('analysis: warnings', () => {
  type Counts = Omit<RunSummary, 'warnings'>;
  const clean = {
    ...{ rows: 10, items: 10, noGold: 0, dropped: { total: 0, byReason: {} }, belowChance: null, storedDiffers: 0 },
    ...{ unparsed: 0, unparsedByReason: {}, flags: {} },
  };
  const warned = (more: Partial<Counts>, judged: RunInfo['manifest']['judged'] = null): string[] =>
    warningsOf(
      { ...clean, ...more } as Counts,
      {
        oddities: [],
        macroBy: null,
        isFolder: false,
        joined: [],
        manifest: { warnings: [], judged, dropped: [{ row: 4, reason: 'a', detail: 'Mend it.' }] },
      } as unknown as RunInfo,
    );

  it('are none where nothing is wrong', () => {
    assert.deepEqual(warned({}), []);
  });

  it('say each thing that is wrong, with its number', () => {
    const cases: readonly (readonly [Partial<Counts>, RegExp])[] = [
      [{ rows: 0, items: 0 }, /an empty run/],
      [
        { noGold: 10 },
        /No item has a gold answer\. Put the file .* among those that are read, or, on the command line, name it with --gold/,
      ],
      [
        { rows: 13, dropped: { total: 3, byReason: { a: 2, b: 1 }, first: [] } },
        /3 of 13 rows were dropped: 2 a, 1 b\. Row 4: Mend it\./,
      ],
      [
        { belowChance: { p: 0.0004, method: 'binomial' } },
        /significantly below chance \(p < 0\.001\): check the parsing/,
      ],
      [{ belowChance: { p: 0.0312, method: 'binomial' } }, /significantly below chance \(p = 0\.031\)/],
      [{ noGold: 1, storedDiffers: 4 }, /differs from the parsed answer on 4 of 9 items with gold/],
      [{ unparsed: 2, unparsedByReason: { empty: 2 } }, /2 of 10 answers could not be read: 2 empty/],
      [{ flags: { letterTextConflict: 1 } }, /1 answer names one option by letter/],
      [{ flags: { goldUnmatched: 5 } }, /5 gold answers are none of their options/],
      [{ flags: { goldConflict: 6 } }, /6 gold answers name one option by letter/],
      [{ flags: { goldContradicted: 2 } }, /2 items have different gold answers in several gold files/],
      [{ flags: { imageAmbiguous: 19 } }, /19 items match several benchmark items/],
      [{ flags: { invalidUtf8: 7 } }, /7 rows are not valid UTF-8/],
      [{ flags: { nonStandardNumber: 8 } }, /8 rows hold NaN or Infinity/],
    ];
    for (const [more, sentence] of cases) {
      const found = warned(more);
      assert.equal(found.length, 1, String(sentence));
      assert.match(found[0] ?? '', sentence);
    }
    assert.deepEqual(warned({ belowChance: { p: 0.06, method: 'binomial' } }), []);
  });

  it('say where a file of verdicts is about other predictions', () => {
    assert.match(warned({}, { file: 'x', matched: 1, differs: 3 })[0] ?? '', /^3 rows of the file of verdicts/);
    assert.deepEqual(warned({}, { file: 'x', matched: 4, differs: 0 }), []);
  });
});
