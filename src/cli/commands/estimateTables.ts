import type { AgreementAnswer } from '../../core/analysis.js';
import { percent, percentRange, plural } from '../../core/analysis/numbers.js';
import type { Section } from '../report.js';

type SampleAnswer = NonNullable<AgreementAnswer['sample']>;

/** Tables of the rates that a sample tells of all rows, and of how far it is labelled. */
export function estimateSections(sample: SampleAnswer): Section[] {
  const { of, drawn, rates, labelled } = sample;
  return [
    {
      title: `Rates among ${plural(of, 'row')}, estimated from a sample of ${drawn}`,
      columns: [
        { name: 'label' },
        { name: 'in the sample', align: 'right' },
        { name: 'rate', align: 'right' },
        { name: '95 % CI', align: 'right' },
      ],
      rows: rates.map(({ label, count, rate, ci95 }) => [
        label ?? '(disputed)',
        `${count}/${labelled}`,
        percent(rate),
        percentRange(ci95),
      ]),
      notes: notesOf(sample),
    },
    strata(sample),
  ];
}

function strata({ strata: all, field, seed, file }: SampleAnswer): Section {
  return {
    title: `The sample ${file}, drawn with seed ${seed}`,
    columns: [
      { name: field ?? 'stratum' },
      { name: 'rows', align: 'right' },
      { name: 'drawn', align: 'right' },
      { name: 'labelled', align: 'right' },
    ],
    rows: all.map(({ value, size, drawn, labelled }) => [
      value ?? (field === null ? 'all' : '(no value)'),
      size,
      drawn,
      labelled,
    ]),
  };
}

function notesOf({ strata: all, unlabelled, notFound, drawn, rates }: SampleAnswer): string[] {
  const silent = all.filter(({ size, labelled }) => size > 0 && labelled === 0).length;
  const hasLone = all.some(({ size, labelled }) => labelled === 1 && size > 1);
  return [
    'Strata count by their sizes; intervals are normal, with the correction for finite numbers.',
    ...(unlabelled > 0
      ? [
          `${unlabelled} of ${drawn} are not labelled yet. Each stratum counts what was looked at alone, as if nothing else had been drawn.`,
        ]
      : []),
    ...(notFound > 0
      ? [`Of these, ${notFound} are not in what is open: their run is not, or has their item no longer.`]
      : []),
    ...(silent > 0 ? [`Nothing is labelled in ${silent} of ${all.length} strata: no rate among all can be told.`] : []),
    ...(hasLone && silent === 0 && rates.length > 0
      ? ['A stratum of several rows has but one that is labelled: there are no intervals.']
      : []),
  ];
}
