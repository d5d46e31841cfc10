import type { Analysis } from '../../core/analysis.js';
import { FlipsideError } from '../../core/model.js';
import type { Arguments } from '../command.js';
import { percent } from '../../core/analysis/numbers.js';
import type { Report } from '../report.js';

/** `summary --find-share`: which lens and denominator come nearest to a published share, and the rows that differ. */
export async function shareReport(analysis: Analysis, text: string, args: Arguments): Promise<Report> {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) {
    throw new FlipsideError(`--find-share takes a fraction from 0 to 1 (41.5 % is 0.415), not "${text}".`, {
      exitCode: 2,
    });
  }
  const className = args.text('class');
  if (className === null)
    throw new FlipsideError('--find-share needs --class, the class that the share is of.', { exitCode: 2 });
  const run = args.text('run');
  const found = await analysis.findShare(share, className, run === null ? null : analysis.runId(run));
  const [nearest] = found.matches;
  if (nearest === undefined) {
    throw new FlipsideError(`No lens has a class "${className}", or no run has classified errors.`, { exitCode: 1 });
  }
  const listing = (items: readonly string[]): string =>
    items.length === 0 ? 'none' : `${items.length} (${items.slice(0, 10).join(', ')}${items.length > 10 ? ', …' : ''})`;
  return {
    json: found,
    sections: [
      {
        title: `Nearest to ${percent(share)} ${className}`,
        columns: [
          { name: 'run', own: 'above' },
          { name: 'lens' },
          { name: 'class' },
          { name: 'count', align: 'right' },
          { name: 'out of', wrap: true },
          { name: 'share', align: 'right' },
          { name: 'off by', align: 'right' },
        ],
        rows: found.matches.map((match) => [
          match.run,
          `${match.lens} v${match.lensVersion}`,
          match.class,
          match.count,
          `${match.of} ${match.denominator}`,
          percent(match.share),
          `${(match.off * 100).toFixed(2)} points`,
        ]),
        notes: found.differences.map(
          (each) =>
            `In ${each.run}, items that ${each.nearest} counts and ${each.other} does not: ${listing(each.onlyNearest)}; the other way round: ${listing(each.onlyOther)}.`,
        ),
      },
    ],
  };
}
