import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Analysis, type AnalysisOptions, type Correction, type Summary } from '../../../src/core/analysis.js';
import { predictions, withAnalysis } from './support.js';

const FIXTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures');

/** The texts of files by their names below a folder of fixtures. */
type Files = Readonly<Record<string, string>>;

/** Reads files below a folder of fixtures. */
function fixture(folder: string, names: readonly string[]): Files {
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(FIXTURES, folder, name), 'utf8')]));
}

/** A file with texts replaced, each of which must be there. */
function edited(text: string, edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((before, [from, to]) => {
    assert.ok(before.includes(from), `"${from}" is not there`);
    return before.replaceAll(from, to);
  }, text);
}

/** A folder with files, opened. */
async function opened<T>(
  files: Files,
  lens: string,
  use: (analysis: Analysis) => Promise<T>,
  options: AnalysisOptions = {},
): Promise<T> {
  const base = mkdtempSync(path.join(os.tmpdir(), 'flipside-corrected-'));
  const folder = path.join(base, 'data');
  try {
    for (const [name, text] of Object.entries(files)) {
      cpSync(FIXTURES, path.join(folder, path.dirname(name)), { recursive: true, filter: (each) => each === FIXTURES });
      writeFileSync(path.join(folder, name), text);
    }
    const analysis = await Analysis.open([folder], { cacheDir: path.join(base, 'cache'), lens, ...options });
    try {
      return await use(analysis);
    } finally {
      analysis.close();
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** A summary without what says where the files lie. */
function withoutPlaces(summary: Summary): unknown {
  return JSON.parse(JSON.stringify(summary).replaceAll(/[^" ]*flipside-corrected-\w+/g, ''));
}

/** What a run's row is corrected to: [an end of the run's id, its row, the option's text]. */
type Corrected = readonly [string, number, string];

function correctionsOf(analysis: Analysis, all: readonly Corrected[]): Correction[] {
  return all.map(([run, row, gold]) => ({ run: analysis.runId(run), row, gold }));
}

interface Case {
  readonly files: Files;
  /** The same files with the corrected answers in them. */
  readonly copy: Files;
  readonly corrections: readonly Corrected[];
  readonly lens?: string;
  readonly by?: string;
}

/** Holds that correcting gives the numbers of files that state the corrected answers. */
async function sameAsCopy({ files, copy, corrections, lens = 'axes', by }: Case): Promise<Summary> {
  const found = await opened(files, lens, (analysis) =>
    analysis.corrected(correctionsOf(analysis, corrections), by ?? null),
  );
  assert.deepEqual([found.problems, found.notes], [[], []]);
  assert.equal(found.rows.length, corrections.length);
  const stated = await opened(copy, lens, (analysis) => analysis.summary(by ?? null));
  const before = await opened(files, lens, (analysis) => analysis.summary(by ?? null));
  assert.deepEqual(withoutPlaces(found.with), withoutPlaces(stated));
  assert.deepEqual(withoutPlaces(found.without), withoutPlaces(before));
  assert.notDeepEqual(withoutPlaces(found.with), withoutPlaces(before), 'nothing was corrected');
  return found.with;
}

const ROOM_RUNS = ['baseline', 'boxes', 'mirror-augmented'].map(
  (name) => `results/synthetic-${name}/result_synthetic-${name}.csv`,
);

/** Another right answer for questions of the synthetic room: [the question's number from 0, the letter of an option]. */
type RoomChange = readonly [number, string];

interface Room {
  readonly files: Files;
  readonly copy: Files;
  readonly corrections: readonly Corrected[];
}

/** The room with or without its benchmark, and a copy in which questions have other right answers. */
function room(changes: readonly RoomChange[], withBenchmark: boolean): Room {
  const files = fixture('room', [...(withBenchmark ? ['benchmark.json'] : []), ...ROOM_RUNS]);
  const benchmark = JSON.parse(readFileSync(path.join(FIXTURES, 'room/benchmark.json'), 'utf8')) as {
    question: string;
    answer: string;
    choices: string;
  }[];
  const corrections: Corrected[] = [];
  const copy: Record<string, string> = { ...files };
  for (const [at, letter] of changes) {
    const item = benchmark[at];
    assert.ok(item !== undefined);
    const choice = item.choices.split('\n').find((each) => each.startsWith(`${letter}. `));
    assert.ok(choice !== undefined, `${at} has no ${letter}`);
    const ofItem = (text: string): string => {
      const start = text.indexOf(`\n${at},"`) + 1;
      const end = text.indexOf(`\n${at + 1},"`, start);
      const record = end < 0 ? text.slice(start) : text.slice(start, end);
      const changed = record.replace(/,([^,\n]*),(True|False),synthetic/, `,${choice},$2,synthetic`);
      return text.slice(0, start) + changed + (end < 0 ? '' : text.slice(end));
    };
    for (const name of ROOM_RUNS) {
      copy[name] = ofItem(copy[name] ?? '');
      corrections.push([path.basename(name), at + 1, choice.slice(3)]);
    }
    benchmark[at] = { ...item, answer: choice };
  }
  if (withBenchmark) copy['benchmark.json'] = JSON.stringify(benchmark, null, 2);
  return { files, copy, corrections };
}

describe('analysis: summaries under corrected right answers', function () {
  this.timeout(120_000);

  it('are those of files that state the corrected answers: CSV with a benchmark, in which frames are swapped', async () => {
    const changes: RoomChange[] = [
      [0, 'A'],
      [1, 'A'],
      [3, 'A'],
      [4, 'D'],
    ];
    const summary = await sameAsCopy({ ...room(changes, true), by: 'frame' });
    assert.ok(
      summary.runs.every(({ frameSwap }) => frameSwap !== null),
      'frames count',
    );
    await sameAsCopy({ ...room(changes, false), lens: 'angular' });
  });

  it('are so whatever is corrected, under any lens', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(113), { minLength: 1, maxLength: 12 }),
        fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 12, maxLength: 12 }),
        fc.boolean(),
        fc.constantFrom('axes', 'angular', 'seed', 'wurf2026'),
        async (items, letters, withBenchmark, lens) => {
          const changes = items.map((at, n): RoomChange => [at, letters[n] ?? 'A']);
          const { files, copy, corrections } = room(changes, withBenchmark);
          const found = await opened(files, lens, (analysis) =>
            analysis.corrected(correctionsOf(analysis, corrections), 'task'),
          );
          const stated = await opened(copy, lens, (analysis) => analysis.summary('task'));
          assert.deepEqual(found.problems, []);
          assert.deepEqual(withoutPlaces(found.with), withoutPlaces(stated));
        },
      ),
      { numRuns: 6 },
    ));

  it('are so for a table of letters', async () => {
    const files = fixture('plain/v1', ['letter-columns.csv']);
    const text = files['letter-columns.csv'] ?? '';
    const copy = edited(text, [
      ['up,A,A. left', 'up,C,A. left'],
      ['right,,B,A,0', 'right,,A,A,0'],
    ]);
    await sameAsCopy({
      files,
      copy: { 'letter-columns.csv': copy },
      corrections: [
        ['letter-columns.csv', 1, 'up'],
        ['letter-columns.csv', 2, 'left'],
      ],
    });
  });

  it('are so for lmms-eval: samples of a question, variants of one, yes and no', async () => {
    const folder = 'lmms-eval/v0.6/acme__tiny-vl-1b';
    const [desk, turned, pairs, objects] = ['desk_relations', '3dsr_circular', 'mme', 'pope'].map(
      (name) => `20260101_000000_samples_${name}.jsonl`,
    ) as [string, string, string, string];
    const files = fixture(folder, [desk, turned, pairs, objects, '20260101_000000_results.json']);
    const copy = {
      ...files,
      [desk]: edited(files[desk] ?? '', [
        ['"doc_id": 0, "target": "A"', '"doc_id": 0, "target": "B"'],
        ['"doc_id": 2, "target": "B"', '"doc_id": 2, "target": "A"'],
      ]),
      [turned]: edited(files[turned] ?? '', [['"doc_id": 1, "target": "B"', '"doc_id": 1, "target": "A"']]),
      [pairs]: edited(files[pairs] ?? '', [['"doc_id": 3, "target": "No"', '"doc_id": 3, "target": "Yes"']]),
      [objects]: edited(files[objects] ?? '', [
        ['"target": "no"', '"target": "yes"'],
        ['"ground_truth": "no"', '"ground_truth": "yes"'],
      ]),
    };
    const rows = await opened(files, 'axes', async (analysis) => {
      const page = await analysis.page({ filter: null, limit: 100, offset: 0 });
      return page.records.map(({ record }) => record);
    });
    const of = (name: string, item: RegExp, gold: string): Corrected[] =>
      rows
        .filter(({ run, question }) => run.endsWith(name) && item.test(question ?? ''))
        .map(({ row }): Corrected => [name, row, gold]);
    const corrections = [
      ...of(desk, /mug/, 'right'),
      ...of(desk, /book/, 'left'),
      ...of(turned, /stool/, 'left').slice(1),
      ...of(pairs, /three/, 'yes'),
      ...of(objects, /sofa/, 'yes'),
    ];
    const summary = await sameAsCopy({ files, copy, corrections });
    assert.equal(summary.runs.find(({ id }) => id.endsWith(turned))?.correctUnits, 2, 'both variants are right now');
  });

  it('are so for VLMEvalKit: a circular question, all of whose rotations are corrected, and yes and no', async () => {
    const row = (index: number, options: string, answer: string, prediction: string): string =>
      `${index}\tWhere is the cup?\t${options}\t${answer}\tspatial\t${prediction}\n`;
    const head = 'index\tquestion\tA\tB\tC\tanswer\tcategory\tprediction\n';
    const turned = (answers: readonly string[]): string =>
      head +
      row(1, 'left\tright\tup', answers[0] ?? '', 'B') +
      row(1_000_001, 'right\tup\tleft', answers[1] ?? '', 'A') +
      row(2_000_001, 'up\tleft\tright', answers[2] ?? '', 'C') +
      row(2, 'left\tright\tup', 'A', 'A') +
      row(1_000_002, 'right\tup\tleft', 'C', 'C');
    const name = 'Tiny-VL-1B/Tiny-VL-1B_Desk_CIRC.tsv';
    const summary = await sameAsCopy({
      files: { [name]: turned(['A', 'C', 'B']) },
      copy: { [name]: turned(['B', 'A', 'C']) },
      corrections: [1, 2, 3].map((each): Corrected => ['CIRC.tsv', each, 'right']),
    });
    assert.deepEqual([summary.runs[0]?.units, summary.runs[0]?.correctUnits], [2, 2]);
    const mme = 'Tiny-VL-1B/Tiny-VL-1B_MME.tsv';
    const files = {
      [mme]: fixture('vlmevalkit/2025-04/Tiny-VL-1B', ['Tiny-VL-1B_MME.tsv'])['Tiny-VL-1B_MME.tsv'] ?? '',
    };
    const flipped = await opened(files, 'axes', async (analysis) => {
      const [first] = (await analysis.page({ filter: null, limit: 1, offset: 0 })).records;
      return { gold: first?.record.gold ?? '', row: first?.record.row ?? 0 };
    });
    const lines = (files[mme] ?? '').split('\n');
    const other = flipped.gold.toLowerCase() === 'yes' ? 'No' : 'Yes';
    const cells = (lines[flipped.row] ?? '').split('\t');
    const column = (lines[0] ?? '').split('\t').indexOf('answer');
    lines[flipped.row] = cells.map((cell, at) => (at === column ? other : cell)).join('\t');
    await sameAsCopy({
      files,
      copy: { [mme]: lines.join('\n') },
      corrections: [['MME.tsv', flipped.row, other.toLowerCase()]],
    });
  });

  it('are so for statements that are true or false, and for numbers without options', async () => {
    const files = fixture('vsr/v1', ['predictions.jsonl']);
    const copy = edited(files['predictions.jsonl'] ?? '', [['"label": 1,', '"label": 0,']]);
    const rows = await opened(files, 'axes', async (analysis) => {
      const { records } = await analysis.page({ filter: null, limit: 100, offset: 0 });
      return records.flatMap(({ record }): Corrected[] =>
        /left/.test(record.question ?? '') ? [[record.run, record.row, 'false']] : [],
      );
    });
    assert.ok(rows.length > 0);
    await sameAsCopy({ files, copy: { 'predictions.jsonl': copy }, corrections: rows });
    const counted = (gold: readonly (string | number)[]): Files => ({
      'count.jsonl': predictions(
        ['3', '5', 'four'].map((response, at) => ({
          id: at,
          question: 'How many cups are there?',
          gold: gold[at] as string,
          response,
        })),
      ),
    });
    await sameAsCopy({
      files: counted(['3', '4', '4']),
      copy: counted(['4', '5', '4']),
      corrections: [
        ['count.jsonl', 1, '4'],
        ['count.jsonl', 2, '5'],
      ],
    });
  });

  it('say that frames are looked for in the file alone, where it answers a part of its benchmark', async () => {
    const { files, corrections } = room([[0, 'A']], true);
    const [name = ''] = ROOM_RUNS;
    const whole = files[name] ?? '';
    const part = {
      'benchmark.json': files['benchmark.json'] ?? '',
      [name]: whole.slice(0, whole.indexOf('\n60,"') + 1),
    };
    const ofRun = corrections.filter(([run]) => name.endsWith(run));
    const found = await opened(part, 'axes', (analysis) => analysis.corrected(correctionsOf(analysis, ofRun)));
    assert.equal(found.rows.length, 1);
    assert.match(found.notes.join(), /^results\/.*: frame swaps are found among the rows of the file/);
  });

  it('hold for all questions to what is opened under a patch, also after another lens was looked at', async () => {
    const changes: RoomChange[] = [
      [0, 'A'],
      [1, 'A'],
      [4, 'D'],
    ];
    const { files, copy, corrections } = room(changes, true);
    const golds = await opened(files, 'axes', async (analysis) => {
      const { records } = await analysis.page({ filter: null, limit: 5, offset: 0 });
      return records.map(({ record }) => record.gold);
    });
    const lines = changes.map(([at], n) => ({
      ...{ v: 1, dataset: 'ViewSpatial-Bench', item: String(at), from: golds[at] },
      to: corrections[3 * n]?.[2],
    }));
    const patch = path.join(mkdtempSync(path.join(os.tmpdir(), 'flipside-corrected-')), 'patch.jsonl');
    writeFileSync(patch, predictions(lines));
    try {
      const asked = async (analysis: Analysis): Promise<unknown[]> => [
        await analysis.findShare(0.4, 'horizontal-flip'),
        withoutPlaces(await analysis.summary('frame')),
        await analysis.compare('baseline.csv', ['boxes.csv'], { bootstrap: null, lens: analysis.lens, target: null }),
      ];
      const found = await opened(files, 'axes', asked, { patch });
      assert.deepEqual(
        JSON.parse(JSON.stringify(found)),
        JSON.parse(JSON.stringify(await opened(copy, 'axes', asked))),
      );
    } finally {
      rmSync(path.dirname(patch), { recursive: true });
    }
  });

  it('tell what cannot be corrected, and count the rest', () =>
    withAnalysis(
      {
        'a.jsonl': predictions([
          { id: 1, question: 'Where is it?', options: ['left', 'right'], gold: 'left', response: 'right' },
          { id: 2, question: 'Where is it now?', options: ['left', 'left', 'right'], gold: 'right', response: 'right' },
          { id: 3, question: 'Where is that?', options: ['left', 'right'], gold: 'left', response: 'left' },
        ]),
      },
      async (analysis) => {
        const gold = (row: number, text: string, run = 'a.jsonl'): Correction => ({ run, row, gold: text });
        const found = await analysis.corrected([
          gold(1, 'Right.'),
          gold(1, 'Right.'),
          gold(2, 'left'),
          gold(3, 'up'),
          gold(9, 'left'),
          gold(1, 'left', 'b.jsonl'),
        ]);
        assert.deepEqual(found.rows, [{ run: 'a.jsonl', row: 1 }]);
        assert.deepEqual(
          found.problems.map(({ row, reason }) => [row, reason]),
          [
            [2, '"left" does not name one of its options alone: "left", "left", "right"'],
            [3, '"up" is none of its options: "left", "right"'],
            [9, 'there is no such prediction'],
            [1, 'there is no such prediction'],
          ],
        );
        assert.deepEqual([found.without.runs[0]?.correct, found.with.runs[0]?.correct], [2, 3]);
        const torn = await analysis.corrected([gold(1, 'right'), gold(1, 'left')]);
        assert.deepEqual(torn.problems, [{ run: 'a.jsonl', row: 1, reason: 'it is to have "right", "left" at once' }]);
        assert.deepEqual(torn.with, torn.without);
        assert.deepEqual(await analysis.summary(), torn.without, 'nothing stays corrected');
      },
    ));
});
