import type { RunSummary, Summary } from '../../core/analysis.js';
import { FlipsideError } from '../../core/model.js';
import { classParts } from '../../core/analysis/classParts.js';
import { PATCH_OPTION, RUN_OPTION, SOURCE_OPTIONS, type Command, type Context } from '../command.js';
import { fixed, percent, percentRange, plural, range } from '../../core/analysis/numbers.js';
import { withAnalysis } from '../opening.js';
import type { Report, Section } from '../report.js';
import { runsByClass } from './classTable.js';
import { shareReport } from './findShare.js';

export const summary: Command = {
  name: 'summary',
  summary: 'Accuracy and error classes of every run under the paths.',
  usage: 'summary PATH… [--lens axes] [--gold FILE…] [--answers RULE] [--by task|dataset|relation|frame|FIELD]',
  example: 'flipside summary results --by frame',
  options: [
    ...SOURCE_OPTIONS,
    PATCH_OPTION,
    {
      name: 'by',
      value: 'FIELD',
      help: 'accuracy per value of a field: task, dataset, relation, frame, or any metadata',
    },
    { ...RUN_OPTION, multiple: true },
    {
      name: 'find-share',
      value: 'SHARE',
      help: 'which lens and denominator come nearest to a published share (0.415)',
    },
    { name: 'class', value: 'CLASS', help: 'with --find-share: the class that the share is of' },
  ],
  run: (context) =>
    withAnalysis(context, async (analysis) => {
      const share = context.args.text('find-share');
      if (share !== null) return shareReport(analysis, share, context.args);
      const names = context.args.list('run').map((name) => analysis.runId(name));
      const all = await analysis.summary(context.args.text('by'));
      return report(
        names.length === 0 ? all : { ...all, runs: all.runs.filter((run) => names.includes(run.id)) },
        context,
      );
    }),
};

function report(result: Summary, context: Context): Report {
  if (result.runs.length === 0 && result.datasets.length === 0) {
    for (const each of result.skipped.slice(0, 20)) context.tell(`skipped ${each.file}: ${each.reason}`);
    throw new FlipsideError('No prediction files were found under the paths.', { exitCode: 1 });
  }
  for (const each of result.datasets) for (const warning of each.warnings) context.tell(warning);
  for (const run of result.runs) for (const warning of run.warnings) context.tell(`${run.id}: ${warning}`);
  return {
    json: result,
    sections: [
      runsSection(result),
      ...runsByClass(result),
      ...result.runs.filter((run) => run.items > 0).flatMap((run) => runSections(run, result)),
      ...othersSections(result),
    ],
  };
}

function runsSection(result: Summary): Section {
  return {
    title: `Runs (answers read by: ${result.answers})`,
    columns: [
      { name: 'run', own: 'above' },
      { name: 'correct', align: 'right' },
      { name: 'accuracy', align: 'right' },
      { name: '95 % CI', align: 'right' },
      { name: 'chance', align: 'right' },
      { name: 'macro', align: 'right' },
      { name: 'unparsed', align: 'right' },
      { name: 'dropped', align: 'right' },
      { name: 'coverage', align: 'right' },
    ],
    rows: result.runs.map((run) => [
      run.id,
      `${round(run.correctUnits)}/${run.units}`,
      percent(run.accuracy),
      percentRange(run.ci95),
      percent(run.chance),
      percent(run.macroAccuracy),
      run.unparsed,
      run.dropped.total,
      run.coverage === null ? '' : `${run.coverage.rows}/${run.coverage.of}`,
    ]),
    notes: [
      result.runs.length > 0
        ? 'Accuracy is right units out of units with gold; an answer that could not be read is wrong.'
        : 'None: the files below hold questions and right answers, and no predictions.',
    ],
  };
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function runSections(run: RunSummary, result: Summary): Section[] {
  const sections = [classSection(run, result)];
  const groups = run.by ?? (Object.keys(run.byTask).length > 1 ? { field: 'task', groups: run.byTask } : null);
  if (groups !== null) sections.push(groupSection(run, groups.field, groups.groups));
  return sections;
}

function classSection(run: RunSummary, result: Summary): Section {
  const rows = classParts(run).map(([label, part]) => [
    label,
    part.count,
    // Only a flip can drift: for the others the cell stays empty.
    part.drift > 0 ? `${part.count - part.drift} / ${part.drift}` : '',
    fixed(part.expected, 1),
    `${fixed(part.ratio)} ${range(part.ratioCi95)}`.trim(),
    part.offered === null ? '' : `${percent(part.rate)} of ${part.offered}`,
  ]);
  return {
    title: `${run.id}: errors by class, lens ${result.lens} v${result.lensVersion}`,
    columns: [
      { name: 'class' },
      { name: 'errors', align: 'right' },
      { name: 'pure / drift', align: 'right' },
      { name: 'expected', align: 'right' },
      { name: 'observed/expected', align: 'right' },
      { name: 'rate', align: 'right' },
    ],
    rows,
    notes: classNotes(run, result),
  };
}

function classNotes(run: RunSummary, result: Summary): string[] {
  const notes = [
    `Out of ${plural(run.wrong, 'wrong item')} (${plural(run.unparsed, 'answer')} unread). ${expectedNote(run)} Rate: eligible errors of the class out of the items, right or wrong, that offer it.${driftNote(run)}`,
  ];
  if (Object.values(run.classes).some((each) => Object.keys(each.byConvention ?? {}).length > 1)) {
    notes.push('"Front" means different things in these tasks, so depth flips are not pooled.');
  }
  if (result.lensNote !== null) notes.push(result.lensNote);
  const { yesNo, pairs, passAtK, frameSwap } = run;
  if (yesNo !== null) {
    notes.push(
      `Yes/no: tp ${yesNo.tp}, fp ${yesNo.fp}, tn ${yesNo.tn}, fn ${yesNo.fn}; F1 ${fixed(yesNo.f1, 3)}, yes ratio ${percent(yesNo.yesRatio)}, d′ ${fixed(yesNo.dPrime)}, criterion ${fixed(yesNo.criterion)}.`,
    );
  }
  if (pairs !== null) {
    notes.push(
      `Pairs ${percent(pairs.pairAccuracy)} (${pairs.pairs} complete), sets ${percent(pairs.setAccuracy)} (${pairs.sets} complete).`,
    );
  }
  if (passAtK !== null) {
    notes.push(
      `pass@k: ${Object.entries(passAtK)
        .map(([k, value]) => `${k}: ${percent(value)}`)
        .join(', ')}.`,
    );
  }
  if (frameSwap !== null) {
    notes.push(
      `Frame swaps: ${frameSwap.observed} of ${plural(frameSwap.candidates, 'error')} ${frameSwap.observed === 1 ? 'gives' : 'give'} the answer of the same question in another frame; ${fixed(frameSwap.expected, 1)} expected.`,
    );
  }
  return notes;
}

/** What "expected" means, and how many errors had no choice. */
function expectedNote(run: RunSummary): string {
  if (run.eligible === 0) return 'No error is eligible for an expectation.';
  const blind = `Expected: if the ${plural(run.eligible, 'eligible error')} had picked blindly among the wrong options`;
  if (run.forced === 0) return `${blind}; each had two or more.`;
  return `${blind}; ${run.forced} of them had a single wrong option, which forces the class.`;
}

function driftNote(run: RunSummary): string {
  const drifts = Object.values(run.classes).some((each) => each.drift > 0);
  return drifts ? ' Pure flips differ on the reversed axis alone; with drift, on another axis too.' : '';
}

function groupSection(run: RunSummary, field: string, groups: NonNullable<RunSummary['by']>['groups']): Section {
  return {
    title: `${run.id}: accuracy by ${field}`,
    columns: [
      { name: field },
      { name: 'correct', align: 'right' },
      { name: 'accuracy', align: 'right' },
      { name: '95 % CI', align: 'right' },
      { name: 'chance', align: 'right' },
    ],
    rows: Object.entries(groups).map(([name, group]) => [
      name,
      `${group.correct}/${group.items}`,
      percent(group.accuracy),
      percentRange(group.ci95),
      percent(group.chance),
    ]),
  };
}

function othersSections(result: Summary): Section[] {
  const sections: Section[] = [];
  if (result.datasets.length > 0) {
    sections.push({
      title: 'Benchmarks and gold files',
      columns: [{ name: 'file', own: 'above' }, { name: 'format' }, { name: 'items', align: 'right' }],
      rows: result.datasets.map((each) => [each.id, each.format, each.items]),
      notes: result.datasets.flatMap((each) => each.warnings),
    });
  }
  if (result.skipped.length > 0) {
    sections.push({
      title: 'Skipped',
      columns: [
        { name: 'file', own: 'above' },
        { name: 'reason', wrap: true, weight: 2 },
      ],
      rows: result.skipped.map((each) => [each.file, each.reason]),
    });
  }
  return sections;
}
