import { wentFrom, type Comparison, type TaskComparison, type Treatment } from '../../protocol/comparePage.js';
import type { Table } from '../shared/copyTable.js';
import { markOf } from './marks.js';
import { columnsOf } from './outcomes.js';

const CAPTION = { captionIs: 'table' } as const;
const DIFFERENCE = ['difference', 'low', 'high'] as const;

function differenceOf({ difference, differenceCi95 }: Pick<TaskComparison, 'difference' | 'differenceCi95'>) {
  return [difference, differenceCi95?.[0] ?? null, differenceCi95?.[1] ?? null];
}

/** The overview, a row for each treatment. Differences are fractions. */
export function overviewTable({ base, lens, lensVersion, treatments }: Comparison): Table {
  const counts = ['onlyBase', 'onlyNew', 'noGold', 'bothRight', 'bothWrong', 'fixed', 'broken'] as const;
  const evidence = ['total', 'byContent', 'byPosition', 'byId', 'refused'] as const;
  return {
    ...CAPTION,
    caption: `Runs against the base ${base}; lens ${lens}, version ${lensVersion}; 95 % intervals; Holm of ${treatments[0]?.familySize ?? 0}`,
    columns: [
      ...['new run', 'base rows', 'new rows', 'joined', 'by content', 'by position', 'by id', 'refused'],
      ...['only base', 'only new', 'no gold', 'both right', 'both wrong', 'fixed', 'broken', 'right in part'],
      ...[...DIFFERENCE, 'McNemar p', 'Holm p'],
    ],
    texts: [0],
    rows: treatments.map((each) => [
      ...[each.new, each.baseRows, each.newRows],
      ...evidence.map((key) => each.joined[key]),
      ...counts.map((key) => each[key]),
      each.sampled?.partly ?? 0,
      ...[...differenceOf(each), each.mcnemarP, each.mcnemarPHolm],
    ]),
  };
}

/** One treatment, and what it is held against by which lens: a table that is taken elsewhere says all three. */
export interface Against {
  readonly base: string;
  readonly lens: string;
  readonly treatment: Treatment;
}

function pairOf({ base, treatment }: Against): string {
  return `${treatment.new} against the base ${base}`;
}

/** All tasks or directions of a treatment, by name. */
export function changesTable(kind: 'task' | 'direction', against: Against): Table {
  const { treatment, lens } = against;
  const rows = Object.entries(kind === 'task' ? treatment.byTask : treatment.byDirection);
  return {
    ...CAPTION,
    caption: `By ${kind}: ${pairOf(against)}; lens ${lens}; 95 % intervals; Holm within the table`,
    columns: [kind, 'joined', 'base right', 'new right', ...DIFFERENCE, 'McNemar p', 'Holm p', 'mark'],
    texts: [0, 9],
    rows: rows.map(([name, row]) => [
      ...[name, row.joined, row.baseCorrect, row.newCorrect, ...differenceOf(row), row.mcnemarP, row.mcnemarPHolm],
      markOf(kind, name, row, treatment)?.word ?? null,
    ]),
  };
}

export function classesTable(against: Against): Table {
  return {
    ...CAPTION,
    caption: `Errors by class: ${pairOf(against)}; lens ${against.lens}; rates are fractions of the joined items`,
    columns: ['class', 'base', 'new', 'difference', 'of', 'base rate', 'new rate', 'rate difference'],
    texts: [0],
    rows: Object.entries(against.treatment.classes).map(([name, row]) => [
      ...[name, row.base, row.new, row.difference, row.of, row.baseRate, row.newRate, row.rateDifference],
    ]),
  };
}

export function transitionsTable(against: Against): Table {
  const { treatment } = against;
  const columns = columnsOf(treatment.transitions);
  return {
    ...CAPTION,
    caption: `What became of the answers, outcomes in the base (rows) and in the new run (columns): ${pairOf(against)}; lens ${against.lens}`,
    columns: ['base', ...columns],
    texts: [0],
    rows: Object.keys(treatment.transitions).map((from) => [
      from,
      ...columns.map((to) => wentFrom(treatment.transitions, from, to)),
    ]),
  };
}
