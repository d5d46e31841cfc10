import type { Chart, ChartAnswer } from '../../protocol/dashboardPage.js';
import { pieces } from '../shared/visible.js';

/** The same with what cannot be seen made visible in every text: also on a canvas, in a file and in a copy. */
export function shownAs(answer: ChartAnswer): ChartAnswer {
  const [title, about] = [shownText(answer.title), 'about' in answer ? shownText(answer.about) : ''];
  if ('missing' in answer) return { ...answer, title, missing: shownText(answer.missing) };
  const named = <T extends { readonly name: string }>(each: T): T => ({ ...each, name: shownText(each.name) });
  const chart: Chart = {
    ...{ ...answer, title, about, seriesIs: shownText(answer.seriesIs), categoryIs: shownText(answer.categoryIs) },
    ...{ categories: answer.categories.map(named), series: answer.series.map(named), levels: answer.levels.map(named) },
    notes: answer.notes.map(shownText),
  };
  return chart;
}

/** A text with what cannot be seen made visible. */
export function shownText(text: string): string {
  return pieces(text)
    .map((piece) => piece.text)
    .join('');
}
