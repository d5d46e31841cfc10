import type { ItemDetail, ItemRecord } from '../../core/analysis.js';
import { FlipsideError } from '../../core/model.js';
import { PATCH_OPTION, SOURCE_OPTIONS, type Command } from '../command.js';
import { withAnalysis } from '../opening.js';
import type { Report } from '../report.js';
import { errorJson } from './errors.js';

export const item: Command = {
  name: 'item',
  summary: 'One item with its trace: how the answer was read, and why it has its class.',
  usage: 'item PATH… --run R --item I',
  example: 'flipside item results --run result_base.csv --item 17',
  options: [
    ...SOURCE_OPTIONS,
    PATCH_OPTION,
    {
      name: 'run',
      value: 'RUN',
      help: 'the run: its id, or any part of it that no other run has (may be left out where there is one run)',
    },
    { name: 'item', value: 'ID', help: 'the item’s id: its own, or its row number where ids are not unique' },
  ],
  run: (context) =>
    withAnalysis(context, async (analysis) => {
      const id = context.args.text('item');
      if (id === null) throw new FlipsideError('--item is missing: which item?', { exitCode: 2 });
      const named = context.args.text('run');
      const run = named === null ? analysis.onlyRun() : analysis.runId(named);
      const detail = await analysis.item(run, id);
      if (detail === null) {
        throw new FlipsideError(`The run ${run} has no item "${id}". List some with: flipside errors … --run ${run}`, {
          exitCode: 1,
        });
      }
      const { explainItem } = await import('../../core/analysis.js');
      return itemReport(detail, explainItem(detail));
    }),
};

function itemReport(detail: ItemDetail, explanation: readonly string[]): Report {
  const { record, trace } = detail.item;
  return {
    json: {
      ...errorJson(record),
      trace: {
        answer: trace.answer,
        gold: { text: record.gold, direction: record.goldDirection },
        predicted: { text: record.predicted, direction: record.predictedDirection },
        frame: record.frame,
        convention: record.convention,
        lens: { ...detail.lens, rule: trace.lensRule },
        frameSwapOf: trace.frameSwapOf,
        explanation,
      },
      otherRuns: detail.otherRuns.map(errorJson),
    },
    sections: [
      {
        title: `${record.run}, item ${record.item}: ${record.correct === null ? 'no gold' : record.correct ? 'correct' : (record.class ?? record.status)}`,
        columns: [{ name: 'field' }, { name: 'value', wrap: true }],
        rows: fieldRows(record),
        notes: explanation,
      },
      {
        title: 'The same item in other runs',
        columns: [{ name: 'run', own: 'above' }, { name: 'item' }, { name: 'predicted' }, { name: 'class' }],
        rows: detail.otherRuns.map((other) => [
          other.run,
          other.item,
          other.predicted ?? `(${other.status})`,
          other.correct === true ? 'correct' : (other.class ?? other.status),
        ]),
        notes:
          detail.otherRuns.length === 0
            ? ['None of the other runs has an item with this question, options and gold.']
            : [],
      },
    ],
  };
}

function fieldRows(record: ItemRecord): (readonly [string, string | null])[] {
  const rows: (readonly [string, string | null])[] = [
    ['question', record.question],
    ...record.options.map((option, index): [string, string] => [
      index === 0 ? 'options' : '',
      `${option.label === null ? '' : `${option.label}. `}${option.text}${index === record.goldOption ? '  ✓ gold' : ''}${index === record.predictedOption ? '  ← predicted' : ''}`,
    ]),
    ['gold', record.gold],
    ['predicted', record.predicted ?? `(${record.status})`],
    ['response', record.response],
    ['extracted', record.extracted],
    ['task', record.task],
    ['frame', `${record.frame}; front: ${record.convention}`],
    ['images', record.images.join(', ')],
    ['flags', record.flags.join(', ')],
    ['source', `${record.file}, row ${record.row}`],
  ];
  return rows.filter(([, value]) => value !== null && value !== '');
}
