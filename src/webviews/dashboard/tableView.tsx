import type { Chart } from '../../protocol/dashboardPage.js';
import type { Place } from './places.js';
import { numberIn, outOf } from './words.js';

interface Parts {
  readonly chart: Chart;
  readonly open: (place: Place) => void;
}

/** A chart as a table, a row for every mark. */
export function TableView({ chart, open }: Parts) {
  const { whiskers, reference } = chart;
  return (
    <div class="scrolls">
      <table class="data">
        <caption class="sr-only">{`${chart.title}. ${chart.about}`}</caption>
        <thead>
          <tr>
            <th scope="col">{chart.categoryIs}</th>
            <th scope="col">{chart.seriesIs}</th>
            {['value', whiskers, 'out of', reference].map((name) =>
              name === null ? null : (
                <th key={name} scope="col" class={name === whiskers || name === reference ? 'number told' : 'number'}>
                  {name}
                </th>
              ),
            )}
            <th scope="col">note</th>
          </tr>
        </thead>
        <tbody>
          {chart.categories.flatMap((_, at) =>
            chart.series.map((__, series) => (
              <Line key={`${at} ${series}`} chart={chart} open={open} place={{ series, at }} />
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}

function Line({ chart, open, place }: Parts & { readonly place: Place }) {
  const { unit } = chart;
  const series = chart.series[place.series];
  const mark = series?.marks[place.at] ?? null;
  if (mark === null) return null;
  const value = numberIn(mark.value, unit);
  return (
    <tr>
      <th scope="row">{chart.categories[place.at]?.name}</th>
      <td>{series?.name}</td>
      <td class="number">
        {mark.query === null ? (
          value
        ) : (
          <button type="button" class="link" title="Open these rows" onClick={() => open(place)}>
            {value}
          </button>
        )}
      </td>
      {chart.whiskers !== null && (
        <td class="number">
          {mark.low === null ? '–' : `${numberIn(mark.low, unit)} to ${numberIn(mark.high, unit)}`}
        </td>
      )}
      <td class="number">{outOf(mark) === '' ? '–' : outOf(mark)}</td>
      {chart.reference !== null && <td class="number">{numberIn(mark.reference, unit)}</td>}
      <td class={mark.note === null ? '' : 'told'}>{mark.note}</td>
    </tr>
  );
}
