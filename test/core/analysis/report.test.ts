import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { Analysis, PictureOf, ReportRequest, ReportResult } from '../../../src/core/analysis.js';
import { drawPositions } from '../../../src/core/metrics/random.js';
import { splitFilter, tellFilter } from '../../../src/core/analysis/report/narrow.js';
import { shortNames } from '../../../src/core/analysis/shortNames.js';
import { seededUint32 } from '../../../src/core/metrics/random.js';
import { FlipsideError } from '../../../src/core/model.js';
import { makeWorkspace, type Workspace } from '../../support/cli.js';
import { sectionOf, tableOf, textOf } from '../../support/reportText.js';
import { predictions, withAnalysis, type Record } from './support.js';

const SIDES = ['left', 'right', 'front', 'back'];
const PNG = Buffer.from('iVBORw0KGgo=', 'base64');
const PICTURE: PictureOf = () => Promise.resolve({ ok: true, mime: 'image/png', bytes: PNG, width: 4, height: 3 });

/** Question n with its gold letter and the model's answer. */
function asked(n: number, gold: string, response: string, more: Partial<Record> = {}): Record {
  return { id: `q${n}`, question: `Where is cup ${n}?`, options: SIDES, answer: gold, response, ...more };
}

/** Ten questions whose answer is "left", right but for the given answers. */
function run(wrong: readonly string[], more: Partial<Record> = {}): string {
  return predictions(Array.from({ length: 10 }, (_, at) => asked(at + 1, 'A', wrong[at] ?? 'A', more)));
}

const BASE = run(['B', 'B', 'B', 'B', 'B', 'B', 'C', 'D']);
const BETTER = run(['B']);

const REQUEST: ReportRequest = {
  ...{ filter: null, runs: [], base: null, examples: 2, seed: 1, command: 'flipside export x', pictureOf: PICTURE },
};

describe('analysis: the report', () => {
  let place: Workspace;
  before(() => (place = makeWorkspace()));
  after(() => place.remove());

  async function report(
    analysis: Analysis,
    more: Partial<ReportRequest> = {},
  ): Promise<{ html: string; result: ReportResult }> {
    const out = path.join(place.folder, 'report.html');
    const result = await analysis.report({ ...REQUEST, ...more }, out);
    return { html: readFileSync(out, 'utf8'), result };
  }

  it('says the numbers of summary, each with its denominator', () =>
    withAnalysis({ 'run.jsonl': BASE }, async (analysis) => {
      const { html, result } = await report(analysis);
      assert.deepEqual(
        [result.runs, result.rows, result.examples, result.pictures, result.lens],
        [1, 10, 4, 4, 'axes'],
      );
      const [, ...accuracy] = tableOf(html, 'Right answers');
      assert.deepEqual(accuracy, [['run.jsonl', '2 / 10', '20.0 %', '[5.7, 51.0]', '25.0 %', '', '-6.7 %', '–']]);
      const [head, ...rows] = tableOf(html, 'Wrong answers by class');
      assert.deepEqual(head?.slice(0, 4), [
        'class',
        'errors',
        'expected if blind',
        'observed / expected, 95 % interval',
      ]);
      assert.deepEqual(
        rows.map((row) => [row[0], row[1], row[2], row[5], row[7]]),
        [
          [
            'run.jsonl: 8 wrong items of 10, 0 of them unread; 8 eligible, 0 forced',
            undefined,
            undefined,
            undefined,
            undefined,
          ],
          ['horizontal-flip', '6', '2.7', '60.0 % of 10 [31.3, 83.2]', '6'],
          ['orthogonal', '2', '5.3', '20.0 % of 10 [5.7, 51.0]', '2'],
        ],
      );
      const summary = await analysis.summary();
      const flips = summary.runs[0]?.classes['horizontal-flip'];
      assert.ok(flips?.ratio && flips.ratioCi95);
      const ratio = `${flips.ratio.toFixed(2)} [${flips.ratioCi95.map((end) => end.toFixed(2)).join(', ')}]`;
      assert.equal(rows[1]?.[3], ratio);
      assert.equal(ratio.slice(0, 4), '2.25');
    }));

  it('finds in sentences what the numbers say', () =>
    withAnalysis({ 'run.jsonl': BASE }, async (analysis) => {
      const text = textOf(sectionOf((await report(analysis)).html, 'findings'));
      for (const sentence of [
        'run.jsonl answers 20.0 % right (2 of 10; 95 % interval 5.7 to 51.0).',
        'Not told apart from guessing (25.0 %): run.jsonl.',
        'Most frequent among the errors: horizontal-flip, 6 of 8 wrong answers.',
        'More frequent than the options alone explain: horizontal-flip (2.25 times, interval [',
        'For the other 1 of 2 pairs of run and class the interval holds 1: no difference from blind choice is shown. Each',
      ]) {
        assert.ok(text.includes(sentence), `${sentence}\n${text}`);
      }
    }));

  it('counts directions by frame and by what front means, never together', () => {
    const records = [
      asked(1, 'A', 'B', { frame: 'camera' }),
      asked(2, 'A', 'A', { frame: 'camera' }),
      asked(3, 'C', 'D', { frame: 'person' }),
    ];
    return withAnalysis({ 'run.jsonl': predictions(records) }, async (analysis) => {
      const { html } = await report(analysis);
      const camera = tableOf(html, 'Camera’s frame');
      assert.deepEqual(camera.slice(1), [
        ['right ↓', 'right', 'left', 'all'],
        ['left', '1', '1', '2'],
      ]);
      assert.deepEqual(tableOf(html, 'Person’s frame').at(-1), ['front', '0', '1', '1']);
    });
  });

  it('draws the same examples from the same data by the same seed, and others by another', () =>
    withAnalysis({ 'run.jsonl': BASE }, async (analysis) => {
      const [one, same, other] = [await report(analysis), await report(analysis), await report(analysis, { seed: 2 })];
      assert.equal(same.html, one.html);
      const drawn = (html: string): string[] =>
        [...html.matchAll(/<h4>([\s\S]*?)<\/h4>/g)].map(([, title = '']) => textOf(title));
      assert.equal(drawn(one.html).length, 4);
      assert.notDeepEqual(drawn(other.html), drawn(one.html));
      assert.equal(sectionOf(other.html, 'classes'), sectionOf(one.html, 'classes'));
      const all = await report(analysis, { examples: 100 });
      assert.equal(new Set(drawn(all.html)).size, 8);
    }));

  it('shows pictures inside, or says why there is none and where it was looked for', () =>
    withAnalysis({ 'run.jsonl': run(['B'], { image: 'pics/1.png' }) }, async (analysis, workspace) => {
      const { html } = await report(analysis);
      assert.ok(
        html.includes('<img src="data:image/png;base64,iVBORw0KGgo=" width="4" height="3" alt="The image of item q1">'),
      );
      const tried = [path.join(workspace.folder, 'pics', '1.png'), '/elsewhere/1.png'];
      const missing: PictureOf = () => Promise.resolve({ ok: false, message: 'pics/1.png was not found.', tried });
      const without = await report(analysis, { pictureOf: missing });
      assert.equal(without.result.pictures, 0);
      const figure = /<figure class="missing">[\s\S]*?<\/figure>/.exec(without.html)?.[0] ?? '';
      assert.match(textOf(figure), /pics\/1\.png was not found\.Looked for at:.*\/elsewhere\/1\.png/);
      assert.ok(!without.html.includes(workspace.folder), 'no path of this machine stands in it');
    }));

  it('compares runs over common items, with the least accurate as the base, or the one that is named', () =>
    withAnalysis({ 'base.jsonl': BASE, 'better.jsonl': BETTER, 'other.jsonl': run(['B', 'B']) }, async (analysis) => {
      const { html } = await report(analysis);
      const [, ...rows] = tableOf(html, 'Every run against the base');
      const compared = await analysis.compare('base.jsonl', ['better.jsonl', 'other.jsonl'], { bootstrap: null });
      assert.deepEqual(
        rows.map((row) => [row[0], row[1], row[6], row[7], row[8]]),
        [
          ['better.jsonl', '+70.0 points', '10', '7', '0'],
          ['other.jsonl', '+60.0 points', '10', '6', '0'],
        ],
      );
      assert.deepEqual(
        rows.map((row) => row[4]),
        compared.treatments.map((each) => each.mcnemarP?.toFixed(4)),
      );
      assert.deepEqual(
        rows.map((row) => row[5]),
        compared.treatments.map((each) => each.mcnemarPHolm?.toFixed(4)),
      );
      assert.equal(tableOf(html, 'Every two runs').length, 4);
      const text = textOf(sectionOf(html, 'findings'));
      assert.match(text, /base\.jsonl, the least accurate run that shares items with another, since none was named/);
      assert.match(
        text,
        /better\.jsonl: \+70\.0 points against the base on 10 common items of its 10 \(7 fixed, 0 broken/,
      );
      assert.match(text, /Errors of horizontal-flip on them went from 6 to 1/);
      const named = await report(analysis, { base: 'better.jsonl' });
      assert.equal(tableOf(named.html, 'Every run against the base')[1]?.[1], '−70.0 points');
      assert.match(textOf(sectionOf(named.html, 'comparison')), /The base is better\.jsonl, as was asked for/);
    }));

  it('says why runs are not compared', () => {
    const elsewhere = predictions([asked(77, 'B', 'A'), asked(78, 'B', 'B')]);
    return withAnalysis({ 'a.jsonl': BASE, 'b.jsonl': elsewhere }, async (analysis) => {
      const { html } = await report(analysis);
      assert.match(textOf(sectionOf(html, 'comparison')), /No two runs share an item/);
      const alone = await report(analysis, { runs: ['a.jsonl'] });
      assert.equal(sectionOf(alone.html, 'comparison'), '');
      assert.doesNotMatch(alone.html, /b\.jsonl/);
    });
  });

  it('counts only what conditions on questions keep, and says so', () => {
    const both = predictions([
      asked(1, 'A', 'B', { task: 'one' }),
      asked(2, 'A', 'A', { task: 'one' }),
      asked(3, 'A', 'C', { task: 'two' }),
    ]);
    const other = predictions([asked(4, 'A', 'B', { task: 'two' })]);
    return withAnalysis({ 'both.jsonl': both, 'other.jsonl': other }, async (analysis) => {
      const { html, result } = await report(analysis, { filter: { field: 'task', op: 'eq', value: 'one' } });
      assert.deepEqual([result.runs, result.rows], [1, 2]);
      assert.deepEqual(tableOf(html, 'Right answers')[1]?.slice(0, 3), ['both.jsonl', '1 / 2', '50.0 %']);
      assert.deepEqual(tableOf(html, 'Accuracy by task').slice(1, 2), [['one']]);
      assert.match(
        textOf(sectionOf(html, 'measured')),
        /task = one: 2 of 4 items kept; all numbers are of these\. Left out, since nothing of them is kept: other\.jsonl\./,
      );
      const after = await analysis.summary();
      assert.equal(after.runs[0]?.items, 3);
      const nothing = report(analysis, { filter: { field: 'question', op: 'eq', value: 'three' } });
      await assert.rejects(nothing, (error: unknown) => {
        assert.ok(error instanceof FlipsideError);
        assert.match(error.message, /No item of any run meets: question = three/);
        return true;
      });
    });
  });

  it('lets conditions on answers pick examples alone: accuracy among the wrong would be none', () =>
    withAnalysis({ 'run.jsonl': BASE }, async (analysis) => {
      const { html } = await report(analysis, { filter: { field: 'class', op: 'in', values: ['orthogonal'] } });
      assert.equal(tableOf(html, 'Right answers')[1]?.[1], '2 / 10');
      const headings = [...sectionOf(html, 'examples').matchAll(/<h3>([\s\S]*?)<\/h3>/g)];
      assert.deepEqual(
        headings.map(([, text = '']) => textOf(text)),
        ['orthogonal: 2 of 2 errors'],
      );
      assert.match(textOf(sectionOf(html, 'measured')), /class = orthogonal\. This says how an item was answered/);
    }));

  it('takes nothing of the data for markup: names, questions, answers', () => {
    const evil = `<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e`;
    const records = [
      asked(1, 'A', 'B', {
        question: evil,
        options: [evil, 'right', 'front', 'back'],
        task: evil,
        id: evil,
        image: evil,
      }),
      asked(2, 'B', evil),
    ];
    return withAnalysis({ '<script>run.jsonl': predictions(records), '<b>none.txt': 'x' }, async (analysis) => {
      const { html } = await report(analysis);
      assert.doesNotMatch(html, /<script|<img src=x|<b>|\u202e/);
      assert.match(html, /&lt;script&gt;/);
      assert.match(html, /⟦U\+202E⟧/);
    });
  });

  it('leaves out what does not apply, and lists what was skipped', () =>
    withAnalysis({ 'run.jsonl': BASE, 'notes.txt': 'nothing of use' }, async (analysis) => {
      const { html } = await report(analysis);
      for (const id of ['yes-no', 'pairs', 'samples', 'objects', 'calibration', 'tasks', 'comparison']) {
        assert.equal(sectionOf(html, id), '', id);
      }
      assert.deepEqual(tableOf(html, 'Files under the paths')[1]?.[0], 'notes.txt');
      const anchors = [...html.matchAll(/href="#([^"]+)"/g)].map(([, to]) => to);
      for (const to of anchors) assert.ok(html.includes(` id="${to}"`), to);
    }));

  it('tells of yes/no questions', () => {
    const statement = (n: number, answer: string, response: string): Record => ({
      ...{ id: `s${n}`, question: `Is cup ${n} left of the box?`, options: ['yes', 'no'], answer, response },
    });
    const records = [
      statement(1, 'yes', 'yes'),
      statement(2, 'no', 'yes'),
      statement(3, 'no', 'no'),
      statement(4, 'yes', 'no'),
    ];
    return withAnalysis({ 'run.jsonl': predictions(records) }, async (analysis) => {
      const { html } = await report(analysis);
      assert.deepEqual(tableOf(html, 'Answers to yes/no')[1]?.slice(0, 10), [
        ...['run.jsonl', '1', '1', '1', '1', '50.0 %', '50.0 %', '50.0 %', '0.500', '50.0 %'],
      ]);
    });
  });

  it('never overwrites a file that was read, and leaves the former report where it fails', () =>
    withAnalysis({ 'run.jsonl': BASE }, async (analysis, workspace) => {
      const source = path.join(workspace.folder, 'run.jsonl');
      await assert.rejects(analysis.report(REQUEST, source), /never overwritten/);
      assert.equal(readFileSync(source, 'utf8'), BASE);
      const { html } = await report(analysis);
      const failing: PictureOf = () => Promise.reject(new Error('the decoder died'));
      await assert.rejects(report(analysis, { pictureOf: failing }), /the decoder died/);
      assert.equal(readFileSync(path.join(place.folder, 'report.html'), 'utf8'), html);
      assert.deepEqual(readdirSync(place.folder), ['report.html']);
      await assert.rejects(analysis.report(REQUEST, path.join(place.folder, 'no', 'x.html')), /does not exist/);
    }));

  it('is about predictions', () =>
    withAnalysis({ 'notes.txt': 'nothing' }, async (analysis) => {
      await assert.rejects(report(analysis), /No prediction files were found/);
    }));
});

describe('what a report is made of', () => {
  it('draws as many different positions as are wanted and there, all as likely', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(60), fc.nat(), (total, wanted, seed) => {
        const drawn = drawPositions(total, wanted, seededUint32(seed));
        assert.equal(drawn.length, Math.min(total, wanted));
        assert.equal(new Set(drawn).size, drawn.length);
        assert.ok(drawn.every((at) => at >= 0 && at < total));
      }),
    );
    const next = seededUint32(1);
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 4000; round++)
      for (const at of drawPositions(4, 2, next)) counts[at] = (counts[at] ?? 0) + 1;
    assert.ok(
      counts.every((count) => Math.abs(count - 2000) < 150),
      counts.join(' '),
    );
  });

  it('splits a filter into conditions on questions and on answers, and tells each in words', () => {
    const { items, examples } = splitFilter({
      and: [
        { field: 'task', op: 'in', values: ['a', 'b'] },
        { and: [{ field: 'correct', op: 'eq', value: false }] },
        { search: 'cup' },
        { not: { field: 'frame', op: 'eq', value: null } },
        {
          or: [
            { field: 'task', op: 'contains', value: 'x' },
            { field: 'angle', op: 'gt', value: 90 },
          ],
        },
      ],
    });
    assert.deepEqual(items.map(tellFilter), ['task = a or b', 'not frame = nothing']);
    assert.deepEqual(examples.map(tellFilter), [
      'correct = false',
      '“cup” somewhere in question or answers',
      '(task contains x or angle > 90)',
    ]);
    assert.deepEqual(splitFilter(null), { items: [], examples: [] });
  });

  it('calls runs by their model, or by as much of the path as tells them apart', () => {
    const names = shortNames([
      { id: 'a/x/run.csv', model: 'one' },
      { id: 'b/x/run.csv', model: 'two' },
      { id: 'c/y/run.csv', model: 'two' },
      { id: 'log.txt', model: null },
    ]);
    assert.deepEqual([...names.values()], ['one', 'b/x/run.csv', 'y/run.csv', 'log.txt']);
  });
});
