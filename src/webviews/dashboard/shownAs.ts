import type { Chart, ChartAnswer } from '../../protocol/dashboardPage.js';
import { pieces } from '../shared/visible.js';

/** The same with what cannot be seen made visible in every text: also on a canvas, in a file and in a copy. */
export function shownAs(answer: ChartAnswer): ChartAnswer {
  const [title, about] = [seen(answer.title), 'about' in answer ? seen(answer.about) : ''];
  if ('missing' in answer) return { ...answer, title, missing: seen(answer.missing) };
  const named = <T extends { readonly name: string }>(each: T): T => ({ ...each, name: seen(each.name) });
  const chart: Chart = {
    ...{ ...answer, title, about },
    ...{ categories: answer.categories.map(named), series: answer.series.map(named), levels: answer.levels.map(named) },
    notes: answer.notes.map(seen),
  };
  return chart;
}

function seen(text: string): string {
  return pieces(text)
    .map((piece) => piece.text)
    .join('');
}
