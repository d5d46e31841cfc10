import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { Analysis, explainItem, inferMapping } from '../../../src/core/analysis.js';
import { FlipsideError } from '../../../src/core/model.js';
import { LENSES } from '../../../src/core/relations/lenses/index.js';
import { withWorkspace } from '../../support/cli.js';
import { predictions, reopen, withAnalysis, type Record } from './support.js';

const SIDES = ['left', 'right', 'front', 'back'];

/** Question n with its gold letter and the model's answer. */
function asked(n: number, gold: string, response: string, more: Partial<Record> = {}): Record {
  return { id: `q${n}`, question: `Where is cup ${n}?`, options: SIDES, answer: gold, response, ...more };
}

const usage = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof FlipsideError, String(error));
  assert.match(error.message, message);
  assert.equal(error.options.exitCode, 2);
  return true;
};

const RUN = predictions([
  asked(1, 'A', 'A', { task: 'one' }),
  asked(2, 'A', 'B', { task: 'one' }),
  asked(3, 'C', 'D', { task: 'two' }),
  asked(4, 'C', 'A', { task: 'two' }),
  asked(5, 'B', "I'm sorry, I cannot help with that.", { task: 'two' }),
]);

describe('analysis: the façade', () => {
  it('opens a run and sums it up', () =>
    withAnalysis({ 'run.jsonl': RUN }, async (analysis) => {
      const { runs, lens, datasets, skipped } = await analysis.summary('task');
      const [run] = runs;
      assert.equal(lens, 'axes');
      assert.deepEqual([datasets, skipped], [[], []]);
      assert.deepEqual(
        [run?.id, run?.rows, run?.items, run?.correct, run?.wrong, run?.unparsed],
        ['run.jsonl', 5, 5, 1, 4, 1],
      );
      assert.deepEqual([run?.accuracy, run?.parsedAccuracy, run?.chance], [0.2, 0.25, 0.25]);
      assert.deepEqual(run?.unparsedByReason, { refusal: 1 });
      assert.deepEqual(
        Object.entries(run?.classes ?? {}).map(([name, { count, offered }]) => [name, count, offered]),
        [
          ['depth-flip', 1, 2],
          ['horizontal-flip', 1, 3],
          ['orthogonal', 1, 5],
        ],
      );
      assert.deepEqual(run?.byTask, run?.by?.groups);
      assert.equal(run?.byTask['one']?.accuracy, 0.5);
      assert.equal(run?.macroAccuracy, 0.25);
    }));

  it('never changes an accuracy with the lens: classes add up to the wrong parsed answers under each', async () => {
    const option = fc.constantFrom(
      'left',
      'right',
      'front-left',
      'front-right',
      'back',
      'above',
      'below-right',
      'a red cup',
    );
    const record = fc.record({
      options: fc.uniqueArray(option, { minLength: 2, maxLength: 4 }),
      gold: fc.nat(),
      response: fc.oneof(fc.nat(), fc.constantFrom('', 'hard to say', 'I cannot answer that.')),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 12, maxLength: 30 }), async (records) => {
        const letter = (n: number, options: readonly string[]): string => 'ABCD'[n % options.length] ?? 'A';
        const text = predictions(
          records.map(({ options, gold, response }, at) => ({
            ...{ id: at, question: `Where is cup ${at}?`, options, answer: letter(gold, options) },
            response: typeof response === 'number' ? letter(response, options) : response,
          })),
        );
        await withWorkspace(async (workspace) => {
          workspace.write('run.jsonl', text);
          const rates: unknown[] = [];
          for (const { name } of LENSES) {
            const { runs } = await reopen(workspace, (analysis) => analysis.summary(), { lens: name });
            const [run] = runs;
            assert.ok(run !== undefined && run.items === records.length);
            const counts = Object.values(run.classes).map((each) => each.count);
            assert.equal(
              counts.reduce((sum, count) => sum + count, 0),
              run.wrong - run.unparsed,
              name,
            );
            const { items, correct, parsed, accuracy, ci95, parsedAccuracy, macroAccuracy, chance, eligible, byTask } =
              run;
            rates.push({
              items,
              correct,
              parsed,
              accuracy,
              ci95,
              parsedAccuracy,
              macroAccuracy,
              chance,
              eligible,
              byTask,
            });
          }
          for (const each of rates) assert.deepEqual(each, rates[0]);
        });
      }),
      { numRuns: 5 },
    );
  });

  it('pages through errors, finds an item, and the same item in other runs', () =>
    withAnalysis({ 'a/run.jsonl': RUN, 'b/run.jsonl': RUN.replace('"B"', '"C"') }, async (analysis) => {
      const errors = await analysis.page({
        filter: { field: 'class', op: 'eq', value: 'horizontal-flip' },
        limit: 9,
        offset: 0,
      });
      assert.deepEqual(
        [errors.total, errors.records[0]?.record.run, errors.records[0]?.record.item],
        [1, 'a/run.jsonl', 'q2'],
      );
      const detail = (await analysis.item('a/run.jsonl', 'q2')) ?? assert.fail('no such item');
      assert.deepEqual([detail.item.record.gold, detail.item.record.predicted], ['left', 'right']);
      assert.deepEqual(
        detail.otherRuns.map((other) => [other.run, other.item, other.predicted]),
        [['b/run.jsonl', 'q2', 'front']],
      );
      assert.match(explainItem(detail).join('\n'), /Class horizontal-flip under lens axes v1/);
      assert.equal(await analysis.item('a/run.jsonl', 'q99'), null);
    }));

  it('knows runs by any unique end of their id, and says which there are', () =>
    withAnalysis({ 'a/run.jsonl': RUN, 'b/run.jsonl': `${RUN}\n` }, (analysis) => {
      assert.equal(analysis.runId('a/run.jsonl'), 'a/run.jsonl');
      assert.throws(
        () => analysis.runId('run.jsonl'),
        usage(/Several runs are meant by "run\.jsonl"[\s\S]*a\/run\.jsonl[\s\S]*b\/run/),
      );
      assert.throws(() => analysis.runId('none'), usage(/No run has "none"[\s\S]*a\/run\.jsonl/));
      assert.throws(() => analysis.onlyRun(), usage(/--run is missing[\s\S]*a\/run\.jsonl/));
      return Promise.resolve();
    }));

  it('refuses filters that could only come to nothing: names that do not exist, with the nearest, and impossible values', () =>
    withAnalysis({ 'a/run.jsonl': RUN }, async (analysis, workspace) => {
      const page = (field: string, value: string): Promise<unknown> =>
        analysis.page({ filter: { and: [{ field, op: 'in', values: [value] }] }, limit: 1, offset: 0 });
      await assert.rejects(page('task', 'twoo'), usage(/no task "twoo"\. Did you mean "two"\? There is: one, two\./));
      await assert.rejects(
        page('run', 'a/rum.jsonl'),
        usage(/no run "a\/rum\.jsonl"\. Did you mean "a\/run\.jsonl"\?/),
      );
      await assert.rejects(
        page('class', 'horizontal'),
        usage(/no class "horizontal"\. Did you mean "horizontal-flip"\?/),
      );
      await assert.rejects(page('class', 'xyz'), usage(/no class "xyz"\. There is: false-yes,/));
      await assert.rejects(page('row', 'abc'), usage(/"abc" is no value of the field row/));
      assert.throws(
        () => analysis.requireClasses(['depth-flop']),
        usage(/no class "depth-flop"\. Did you mean "depth-flip"/),
      );
      const out = path.join(workspace.folder, 'x.csv');
      const filter = { field: 'correct', op: 'eq', value: 'maybe' } as const;
      await assert.rejects(analysis.export('csv', out, filter), usage(/"maybe" is no value of the field correct/));
    }));

  it('locates dropped rows: some in the summary, those of the index with the shards', () => {
    const broken = Array.from({ length: 25 }, () => '{"broken": ').join('\n');
    return withAnalysis({ 'run.jsonl': `${RUN}${broken}\n` }, async (analysis) => {
      const [run] = (await analysis.summary()).runs;
      assert.deepEqual([run?.rows, run?.items, run?.dropped.total, run?.dropped.first.length], [30, 5, 25, 20]);
      const [first] = run?.dropped.first ?? [];
      assert.equal(first?.row, 6);
      assert.ok((run?.dropped.byReason[first?.reason ?? ''] ?? 0) > 0);
      assert.ok((first?.message.length ?? 0) > (first?.reason.length ?? 0));
      const [shard] = analysis.shards();
      assert.deepEqual([shard?.dropped, shard?.droppedRows.length, shard?.droppedRows.at(-1)?.row], [25, 25, 30]);
    });
  });

  it('compares runs under a lens', () =>
    withAnalysis({ 'a.jsonl': RUN, 'b.jsonl': RUN.replace('"B"', '"A"') }, async (analysis) => {
      const found = await analysis.compare('a.jsonl', ['b.jsonl'], { bootstrap: null });
      assert.deepEqual([found.base, found.lens, found.lensVersion], ['a.jsonl', 'axes', '1']);
      const [treatment] = found.treatments;
      assert.deepEqual(
        [treatment?.new, treatment?.joined.byContent, treatment?.fixed, treatment?.broken],
        ['b.jsonl', 5, 1, 0],
      );
      assert.deepEqual(treatment?.transitions['horizontal-flip'], { correct: 1 });
    }));

  it('counts circular groups, samples, statements and confidences', () => {
    const statement = (n: number, gold: string, response: string): Record => ({
      ...{ id: n, question: `Is cup ${n} left of the box?`, options: ['yes', 'no'], answer: gold, response },
      confidence: 0.25 * n,
    });
    const yesNo = [
      statement(1, 'yes', 'yes'),
      statement(2, 'no', 'yes'),
      statement(3, 'no', 'no'),
      statement(4, 'yes', ''),
    ];
    const samples = [1, 2, 3, 4].map((sample) => asked(1, 'A', sample === 1 ? 'A' : 'B', { sample }));
    return withAnalysis(
      { 'yesno.jsonl': predictions(yesNo), 'samples.jsonl': predictions(samples) },
      async (analysis) => {
        const { runs } = await analysis.summary();
        const [sampled, stated] = runs;
        assert.deepEqual([sampled?.units, sampled?.accuracy], [1, 0.25]);
        const passAtK = Object.entries(sampled?.passAtK ?? {}).map(([k, value]) => [k, Math.round(value * 1e9) / 1e9]);
        assert.deepEqual(passAtK, [
          ['1', 0.25],
          ['2', 0.5],
          ['4', 1],
        ]);
        assert.deepEqual([stated?.yesNo?.tp, stated?.yesNo?.fp, stated?.yesNo?.tn, stated?.yesNo?.fn], [1, 1, 1, 0]);
        assert.deepEqual([stated?.accuracy, stated?.classes['false-yes']?.count], [0.5, 1]);
        assert.equal(stated?.calibration?.items, 4);
        assert.equal(sampled?.calibration, null);
      },
    );
  });

  it('says that a rule or a lens does not exist, and which there are', () =>
    withWorkspace(async (workspace) => {
      workspace.write('run.jsonl', RUN);
      await assert.rejects(
        reopen(workspace, () => Promise.resolve(), { lens: 'none' }),
        usage(/no lens "none"\. Known: axes/),
      );
      await assert.rejects(
        reopen(workspace, () => Promise.resolve(), { answers: 'none' }),
        usage(/no answer rule "none"/),
      );
    }));

  it('stops when it is told to', () =>
    withWorkspace(async (workspace) => {
      workspace.write('run.jsonl', RUN);
      const stop = new AbortController();
      stop.abort();
      await assert.rejects(
        reopen(workspace, () => Promise.resolve(), { signal: stop.signal }),
        { name: 'AbortError' },
      );
    }));
});

describe('analysis: fields of a plain table', () => {
  it('are told by the field that a column became', () => {
    const table = [
      'id,question,options,answer,prediction,category,dist',
      ...['1,left,10.0', '2,right,'].map((rest) => {
        const [id = '', prediction = '', dist = ''] = rest.split(',');
        return `${id},Where is it?,"['left','right']",left,${prediction},near,${dist}`;
      }),
    ].join('\n');
    return withAnalysis({ 'run.csv': table }, async (analysis) => {
      const rows = async (field: string, value: string | null): Promise<number[]> => {
        const page = await analysis.page({ filter: { field, op: 'eq', value }, limit: 9, offset: 0 });
        return page.records.map(({ record }) => record.row);
      };
      assert.deepEqual(await rows('task', 'near'), [1, 2]);
      assert.deepEqual([await rows('dist', '10'), await rows('dist', null)], [[1], [2]]);
      await assert.rejects(rows('category', 'near'), /No row has a field "category"\. That column was read as task\./);
      await assert.rejects(analysis.summary('answer'), /"answer"\. That column was read as gold\./);
      await assert.rejects(analysis.summary('relatoin'), /"relatoin"\. Did you mean "relation"/);
    });
  });
});

describe('analysis: runs', () => {
  it('of identical bytes are one with aliases, unless their paths name different models', () =>
    withAnalysis({ 'a.jsonl': RUN, 'copy/b.jsonl': RUN, 'c.jsonl': `${RUN}\n` }, async (analysis) => {
      const { runs } = await analysis.summary();
      assert.deepEqual(
        runs.map((run) => [run.id, run.aliases]),
        [
          ['a.jsonl', ['copy/b.jsonl']],
          ['c.jsonl', []],
        ],
      );
      assert.equal(analysis.runId('copy/b.jsonl'), 'a.jsonl');
    }));

  it('that answer items of the benchmark more than once say so', () => {
    const items = [1, 2].map((n) => ({
      question: `Where is cup ${n}?`,
      options: SIDES,
      answer: 'A',
      image: `${n}.png`,
    }));
    const answers = (numbers: readonly number[]): string =>
      predictions(numbers.map((n) => ({ ...asked(n, 'A', 'A'), question: `Where is cup ${n}?` })));
    const files = {
      'once.jsonl': answers([1, 2]),
      'twice.jsonl': answers([1, 2, 1, 2]),
      'benchmark.json': JSON.stringify(items),
    };
    return withAnalysis(files, async (analysis) => {
      const [once, twice] = (await analysis.summary()).runs;
      assert.deepEqual([once?.id, once?.warnings], ['once.jsonl', []]);
      assert.match(twice?.warnings.join() ?? '', /^2 items of the benchmark are answered more than once, and each/);
    });
  });

  it('of one file have each its own evidence and coverage', () => {
    const records = ['x', 'y'].flatMap((label) =>
      [1, 2].map((n) => ({ ...asked(n, 'A', 'A', { prompt_label: label }), question: `Where is ${label} ${n}?` })),
    );
    const items = [1, 2, 3].map((n) => ({
      question: `Where is x ${n}?`,
      options: SIDES,
      answer: 'A',
      image: `${n}.png`,
    }));
    const files = { 'run.jsonl': predictions(records), 'benchmark.json': JSON.stringify(items) };
    return withAnalysis(files, async (analysis) => {
      const { runs } = await analysis.summary();
      assert.deepEqual(
        runs.map((run) => [run.id, run.coverage, run.joined.map((each) => each.byContent)]),
        [
          ['run.jsonl#x', { rows: 2, of: 3, file: 'benchmark.json' }, [2]],
          ['run.jsonl#y', null, []],
        ],
      );
    });
  });

  it('of one file are told apart by their label; rows of no run are reported', () => {
    const records = ['x', 'y'].flatMap((label) =>
      [1, 2].map((n) => asked(n, 'A', label === 'x' ? 'A' : 'B', { prompt_label: label })),
    );
    return withAnalysis({ 'run.jsonl': `${predictions(records)}{"broken": \n` }, async (analysis) => {
      const { runs, skipped } = await analysis.summary();
      assert.deepEqual(
        runs.map((run) => [run.id, run.rows, run.items, run.accuracy]),
        [
          ['run.jsonl#x', 2, 2, 1],
          ['run.jsonl#y', 2, 2, 0],
        ],
      );
      assert.match(
        skipped.find((each) => each.file === 'run.jsonl')?.reason ?? '',
        /^1 row belongs to none of its runs: .*\. Row 5: /,
      );
    });
  });

  it('with dropped rows say how many and why', () =>
    withAnalysis({ 'run.jsonl': `${RUN}{"broken": \n` }, async (analysis) => {
      const [run] = (await analysis.summary()).runs;
      assert.deepEqual([run?.rows, run?.items, run?.dropped.total], [6, 5, 1]);
      assert.match(run?.warnings.join('\n') ?? '', /1 of 6 rows was dropped/);
    }));

  it('without rows are empty, and pictures are told per folder', () =>
    withAnalysis(
      {
        'empty.csv': '',
        'pictures/a.png': '\u0089PNG',
        'run.csv': 'ID,Question,Question_Type,Predicted Answer,Correct Answer,IsCorrect\n',
      },
      async (analysis, workspace) => {
        for (const name of ['b', 'c']) {
          workspace.write(`pictures/${name}.gif`, 'GIF89a......');
        }
        const { runs, skipped } = await reopen(workspace, (again) => again.summary());
        assert.deepEqual([runs[0]?.items, runs[0]?.accuracy], [0, null]);
        assert.match(runs[0]?.warnings[0] ?? '', /an empty run/);
        assert.equal(skipped.find((each) => each.file === 'empty.csv')?.reason, 'the file is empty');
        assert.equal(skipped.find((each) => each.file === 'pictures')?.reason, '2 pictures, not item files');
        assert.ok(analysis.runs.length === 1);
      },
    ));
});

describe('analysis: files of the user’s own', () => {
  const ODD = 'c1,c2,c3,c4\nq1,Where is cup 1?,left,right\nq2,Where is cup 2?,left,left\n';
  const mapping = (roles: object): string => JSON.stringify({ version: 1, match: 'odd/*.csv', roles });
  const ROLES = { id: 'c1', question: 'c2', gold: 'c3', prediction: 'c4' };

  it('a mapping says what the columns of a file are', () =>
    withAnalysis({ 'odd/x.csv': ODD, '.flipside/formats/odd.json': mapping(ROLES) }, async (analysis, workspace) => {
      const [run] = (await analysis.summary()).runs;
      assert.deepEqual([run?.id, run?.format, run?.items, run?.correct], ['odd/x.csv', 'plain', 2, 1]);
      assert.equal((await analysis.item('odd/x.csv', 'q1'))?.item.record.class, 'horizontal-flip');
      workspace.write('.flipside/formats/odd.json', mapping({ ...ROLES, gold: 'c4', prediction: 'c3', id: 'c1' }));
      const again = await reopen(workspace, (other) => other.item('odd/x.csv', 'q1'));
      assert.equal(again?.item.record.gold, 'right', 'a changed mapping is used at once');
    }));

  it('a mapping that does not fit is told, with its name and the columns there are', () =>
    withAnalysis(
      { 'odd/x.csv': ODD, '.flipside/formats/odd.json': mapping({ ...ROLES, gold: 'c9' }) },
      async (analysis) => {
        const { runs, skipped } = await analysis.summary();
        assert.deepEqual(runs, []);
        assert.match(skipped[0]?.reason ?? '', /odd\.json[\s\S]*'c9'[\s\S]*'c1'/);
      },
    ));

  it('an unfinished mapping stops nothing: its files are skipped with the reason, the others are read', () =>
    withAnalysis(
      { 'odd/x.csv': ODD, 'run.jsonl': RUN, '.flipside/formats/odd.json': mapping({ question: 'c2' }) },
      async (analysis, workspace) => {
        const { runs, skipped } = await analysis.summary();
        assert.deepEqual([runs.map((run) => run.id), skipped.length], [['run.jsonl'], 2]);
        assert.match(skipped[0]?.reason ?? '', /odd\.json: 'roles' names no answers.*match "odd\/\*\.csv" are skipped/);
        assert.match(skipped.find((each) => each.file === 'odd/x.csv')?.reason ?? '', /odd\.json: 'roles' names no/);
        workspace.write('.flipside/formats/odd.json', mapping(ROLES));
        const again = await reopen(workspace, (other) => Promise.resolve(other.runs.length));
        assert.equal(again, 2, 'a completed mapping is used at once');
      },
    ));

  it('a mapping of which not even the files are known is ignored, and told', () =>
    withAnalysis({ 'run.jsonl': RUN, '.flipside/formats/odd.json': '{"version": 2' }, async (analysis) => {
      const { runs, skipped } = await analysis.summary();
      assert.equal(runs.length, 1);
      assert.match(skipped[0]?.reason ?? '', /odd\.json: not valid JSON.*The mapping is ignored\./);
    }));

  it('a file of several models’ columns is no silent benchmark', () =>
    withAnalysis(
      { 'two.csv': 'question,A,B,gold,gpt-4o,qwen2-vl\nWhere is it?,left,right,A,A,B\nWhere now?,left,right,B,A,A\n' },
      async (analysis) => {
        const { datasets } = await analysis.summary();
        assert.match(datasets[0]?.warnings[0] ?? '', /two\.csv: the values of 'gpt-4o', 'qwen2-vl' look like answers/);
      },
    ));

  it('the roles of a file are inferred as a mapping to edit', () =>
    withWorkspace(async (workspace) => {
      const file = workspace.write('run.jsonl', RUN);
      const { text, roles, confidence, unassigned } = await inferMapping(file);
      const written = JSON.parse(text) as { version: number; roles: { [role: string]: string } };
      assert.deepEqual(
        [written.version, written.roles['gold'], written.roles['response'] ?? written.roles['prediction']],
        [1, 'answer', 'response'],
      );
      assert.ok(roles.length > 0 && confidence > 0.5);
      assert.deepEqual(unassigned, []);
      const picture = workspace.write('a.txt', 'nothing');
      await assert.rejects(inferMapping(picture), /a\.txt has no columns to map/);
    }));

  it('a lens re-labels errors, and a wrong one is told', () => {
    const lens = {
      name: 'mine',
      version: '4',
      rules: [{ class: 'any-flip', when: { reversedAtLeast: 1 } }],
      otherwise: 'rest',
    };
    return withAnalysis(
      { 'run.jsonl': RUN, '.flipside/lenses/mine.json': JSON.stringify(lens) },
      async (analysis, workspace) => {
        const summary = await analysis.summary();
        assert.deepEqual([summary.lens, summary.lensVersion], ['mine', '4']);
        assert.deepEqual(
          Object.entries(summary.runs[0]?.classes ?? {}).map(([name, each]) => [name, each.count]),
          [
            ['any-flip', 2],
            ['rest', 1],
          ],
        );
        workspace.write('.flipside/lenses/other.json', '{}');
        await assert.rejects(
          reopen(workspace, () => Promise.resolve()),
          /other\.json is not valid: "name" must be a text/,
        );
      },
      { lens: 'mine' },
    );
  });

  it('--gold gives a run the answers that it does not hold, and never against what it does hold', () => {
    const bare = [1, 2, 3].map((n) => ({ id: `q${n}`, question: `Where is cup ${n}?`, options: SIDES, response: 'A' }));
    const gold = [1, 2, 3].map((n) => ({
      id: `q${n}`,
      question: `Where is cup ${n}?`,
      options: SIDES,
      answer: 'AAB'[n - 1],
    }));
    return withWorkspace(async (workspace) => {
      workspace.write('run.jsonl', predictions(bare));
      const file = path.join(path.dirname(workspace.write('../gold/gold.json', JSON.stringify(gold))), 'gold.json');
      const before = await reopen(workspace, (analysis) => analysis.summary());
      assert.deepEqual([before.runs[0]?.noGold, before.runs[0]?.accuracy], [3, null]);
      assert.match(before.runs[0]?.warnings.join('\n') ?? '', /--gold/);
      const after = await reopen(workspace, (analysis) => analysis.summary(), { gold: [file] });
      assert.deepEqual([after.runs[0]?.noGold, after.runs[0]?.correct], [0, 2]);
      assert.deepEqual(after.runs[0]?.joined[0]?.byContent, 3);
      workspace.write('run.jsonl', predictions(bare.map((each) => ({ ...each, answer: 'C' }))));
      const conflicting = await reopen(workspace, (analysis) => analysis.summary(), { gold: [file] });
      assert.deepEqual([conflicting.runs[0]?.joined, conflicting.runs[0]?.correct], [[], 0]);
    });
  });

  it('a file that looks like predictions is gold where the user says so', () => {
    const bare = [1, 2].map((n) => ({ id: `q${n}`, question: `Where is cup ${n}?`, options: SIDES, response: 'A' }));
    return withWorkspace(async (workspace) => {
      workspace.write('run.jsonl', predictions(bare));
      const answers = bare.map(({ id, question, options }) => ({ id, question, options, response: 'B' }));
      const file = workspace.write('../gold/answers.jsonl', predictions(answers));
      const { runs } = await reopen(workspace, (analysis) => analysis.summary(), { gold: [file] });
      assert.deepEqual([runs.length, runs[0]?.noGold, runs[0]?.correct], [1, 0, 0]);
    });
  });
});

describe('analysis: exports', () => {
  it('hold the rows that a filter keeps, with the lens, in every format', () =>
    withAnalysis({ 'run.jsonl': RUN }, async (analysis, workspace) => {
      const filter = { field: 'correct', op: 'eq', value: false } as const;
      const out = (name: string): string => path.join(workspace.folder, 'out', name);
      await assert.rejects(
        analysis.export('csv', out('rows.csv'), null),
        /The folder .*out does not exist\. Make it first/,
        'a typing error makes no folders',
      );
      assert.ok(!existsSync(path.dirname(out('x'))));
      mkdirSync(path.dirname(out('x')));
      for (const to of ['csv', 'jsonl', 'md', 'parquet'] as const) {
        const result = await analysis.export(to, out(`rows.${to}`), filter);
        assert.deepEqual(result, { file: out(`rows.${to}`), format: to, rows: 4, lens: 'axes', lensVersion: '1' });
      }
      const cells = parse<{ [column: string]: string }>(readFileSync(out('rows.csv')), { columns: true });
      assert.deepEqual(
        cells.map((row) => [row['item'], row['class'], row['lens'], row['lensVersion'], row['answerRule'] !== '']),
        [
          ['q2', 'horizontal-flip', 'axes', '1', true],
          ['q3', 'depth-flip', 'axes', '1', true],
          ['q4', 'orthogonal', 'axes', '1', true],
          ['q5', '', 'axes', '1', true],
        ],
      );
      const lines = readFileSync(out('rows.jsonl'), 'utf8').trim().split('\n');
      const [first] = lines.map((line) => JSON.parse(line) as { options: string[]; question: string; meta: object });
      assert.deepEqual([lines.length, first?.options, first?.question], [4, SIDES, 'Where is cup 2?']);
      assert.match(readFileSync(out('rows.md'), 'utf8'), /^# Rows under lens axes v1\n\n\| run \|/);
      assert.deepEqual(readdirSync(path.dirname(out('x'))).sort(), [
        'rows.csv',
        'rows.jsonl',
        'rows.md',
        'rows.parquet',
      ]);
    }));

  it('hold every row where there are more than one page of them, and a head where there are none', () =>
    withAnalysis(
      { 'run.jsonl': predictions(Array.from({ length: 5001 }, (_, n) => asked(n, 'A', 'B'))) },
      async (analysis, workspace) => {
        const file = path.join(workspace.folder, 'rows.csv');
        assert.equal((await analysis.export('csv', file, null)).rows, 5001);
        const items = parse<{ item: string }>(readFileSync(file), { columns: true }).map((row) => row.item);
        assert.equal(new Set(items).size, 5001);
        assert.equal((await analysis.export('csv', file, { search: 'nowhere' })).rows, 0);
        assert.equal(readFileSync(file, 'utf8'), 'run,item,lens,lensVersion,class\r\n');
      },
    ));

  it('that cannot be written say so, whatever the format, and leave nothing behind', () =>
    withAnalysis({ 'run.jsonl': RUN }, async (analysis, workspace) => {
      const below = path.join(workspace.folder, 'run.jsonl', 'rows');
      const long = path.join(workspace.folder, 'x'.repeat(300));
      for (const out of [below, long, workspace.folder]) {
        for (const to of ['csv', 'parquet'] as const) {
          await assert.rejects(analysis.export(to, out, null), (error) => {
            assert.ok(error instanceof FlipsideError, String(error));
            assert.match(error.message, /cannot be written \(.*\)\. Choose another --out/);
            return true;
          });
        }
      }
      assert.deepEqual(readdirSync(workspace.folder), ['run.jsonl']);
      assert.deepEqual(
        readdirSync(path.dirname(workspace.folder)).filter((name) => name.includes('tmp')),
        [],
      );
    }));
});

describe('analysis: find my number', () => {
  const records = [
    ...[1, 2, 3].map((n) => asked(n, 'A', 'B')),
    ...[4, 5].map((n) => asked(n, 'C', 'D')),
    asked(6, 'A', 'C'),
    ...[7, 8].map((n) => asked(n, 'A', '')),
    asked(9, 'A', 'A'),
    asked(10, 'A', 'B', { options: ['above', 'below', 'left', 'right'] }),
  ];

  it('names lens and denominator that come nearest, best first', () =>
    withAnalysis({ 'run.jsonl': predictions(records) }, async (analysis) => {
      const found = await analysis.findShare(0.5, 'horizontal-flip');
      const [first] = found.matches;
      assert.deepEqual([first?.count, first?.of, first?.share, first?.off], [3, 6, 0.5, 0]);
      assert.deepEqual(
        [first?.lens, first?.class, first?.denominator],
        ['wurf2026', 'horizontal', 'errors the lens does not drop'],
      );
      const offs = found.matches.map((match) => Math.abs(match.off));
      assert.deepEqual(
        offs,
        [...offs].sort((one, other) => one - other),
      );
      for (const match of found.matches) {
        assert.ok(Math.abs(match.share - match.count / match.of) < 1e-12);
        if (match.denominator === 'directional errors') assert.equal(match.of, 7);
      }
    }));

  it('lists the rows that one lens counts and another does not', () =>
    withAnalysis({ 'run.jsonl': predictions(records) }, async (analysis) => {
      const found = await analysis.findShare(1 / 7, 'vertical-flip', 'run.jsonl');
      assert.equal(found.matches[0]?.share, 1 / 7);
      assert.deepEqual(found.matches[0]?.count, 1);
      const same = found.differences.find(
        (each) => each.other === (found.matches[0]?.lens === 'axes' ? 'seed' : 'axes'),
      );
      assert.deepEqual([same?.onlyNearest, same?.onlyOther], [[], []]);
      const depth = await analysis.findShare(2 / 7, 'depth-flip');
      assert.deepEqual(
        depth.differences.map((each) => each.other).sort(),
        depth.matches[0]?.lens === 'axes' ? ['wurf2026'] : ['axes'],
      );
      assert.equal((await analysis.summary()).runs[0]?.classes['depth-flip']?.count, 2, 'the lens is set back');
    }));

  it('finds nothing for a class that no lens has', () =>
    withAnalysis({ 'run.jsonl': RUN }, async (analysis) => {
      assert.deepEqual(await analysis.findShare(0.5, 'none'), {
        share: 0.5,
        class: 'none',
        matches: [],
        differences: [],
      });
    }));
});

describe('analysis: no runs at all', () => {
  it('is no error', () =>
    withAnalysis({ 'notes.txt': 'nothing to see' }, async (analysis) => {
      const { runs, skipped } = await analysis.summary();
      assert.deepEqual([runs, skipped.length], [[], 1]);
      assert.deepEqual(await analysis.page({ limit: 5, offset: 0 }), { total: 0, records: [] });
      assert.deepEqual(analysis.shards(), []);
    }));

  it('a path that is not there is one', async () => {
    await assert.rejects(Analysis.open(['/no/such/folder']), usage(/does not exist/));
  });
});
