import type { Chart } from '../../protocol/dashboardPage.js';
import { stepBetweenCells } from '../shared/tableKeys.js';
import type { Place } from './places.js';
import { markIn } from './words.js';

/** Percent of the hue where all of a row is in one cell: its number is still read. */
const DARKEST = 65;

interface Parts {
  readonly chart: Chart;
  readonly open: (place: Place) => void;
}

/** A table of counts, each cell the darker the greater its share of the row; cells open their rows. */
export function Matrix({ chart, open }: Parts) {
  return (
    <div class="scrolls">
      <table class="matrix" onKeyDown={stepBetweenCells}>
        <caption class="sr-only">{`${chart.title}. ${chart.about}. Rows: ${chart.seriesIs}. Columns: ${chart.categoryIs}.`}</caption>
        <thead>
          <tr>
            <th scope="col" class="corner">
              {chart.seriesIs} ↓ {chart.categoryIs} →
            </th>
            {chart.categories.map(({ name }) => (
              <th key={name} scope="col">
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {chart.series.map(({ name }, series) => (
            <Line key={name} chart={chart} series={series} open={open} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ chart, series, open }: Parts & { readonly series: number }) {
  const { name = '', marks = [] } = chart.series[series] ?? {};
  return (
    <tr>
      <th scope="row">{name}</th>
      {marks.map((mark, at) => {
        const column = chart.categories[at]?.name ?? '';
        const share = mark === null ? 0 : (mark.count ?? 0) / Math.max(1, mark.of ?? 1);
        const words = mark === null ? '' : `${name} taken for ${column}: ${markIn(mark, chart.unit)}`;
        return (
          <td
            key={column}
            class={name === column ? 'right' : ''}
            style={{ '--share': `${Math.round(DARKEST * share)}%` }}
          >
            {mark !== null && (
              <button type="button" title={words} aria-label={words} onClick={() => open({ series, at })}>
                {mark.value}
              </button>
            )}
          </td>
        );
      })}
    </tr>
  );
}
