import type { AgreementAnswer } from '../../core/analysis.js';
import { plural } from '../../core/analysis/numbers.js';
import { FlipsideError } from '../../core/model.js';
import { SOURCE_OPTIONS, type Command, type Context } from '../command.js';
import { withAnalysis } from '../opening.js';
import type { Report } from '../report.js';
import { agreementSections } from './agreementTables.js';
import { estimateSections } from './estimateTables.js';

export const agreement: Command = {
  name: 'agreement',
  summary: 'How far annotators agree with one another and with the lens; rates of their labels, from a sample.',
  usage: 'agreement PATH… [--sample FILE] [--lens axes]',
  example: 'flipside agreement results --sample sample.json',
  options: [
    ...SOURCE_OPTIONS,
    {
      name: 'sample',
      value: 'FILE',
      help: 'a file that "flipside sample" wrote: rates among all rows are estimated from it',
    },
  ],
  run: (context) =>
    withAnalysis(context, async (analysis) => report(await analysis.agreement(context.args.text('sample')), context)),
};

function report(answer: AgreementAnswer, context: Context): Report {
  for (const { file, line, reason } of answer.problems)
    context.tell(`${file}${line === null ? '' : `:${line}`}: ${reason}; what else is in the file counts.`);
  if (answer.stale > 0)
    context.tell(
      `Of ${plural(answer.stale, 'row')} question or image changed since something was said: that counts for nothing. List them with: flipside errors … --all --where annotation.status=stale.`,
    );
  if (answer.counts.answers === 0 && answer.sample === null) {
    throw new FlipsideError(
      'There are no annotations: they lie in .flipside/annotations of the folder that was open when they were made.',
      { exitCode: 1 },
    );
  }
  const { sample } = answer;
  return {
    json: answer,
    sections: [...agreementSections(answer), ...(sample === null ? [] : estimateSections(sample))],
  };
}
