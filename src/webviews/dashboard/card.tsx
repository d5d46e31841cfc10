import { useCallback, useId } from 'preact/hooks';
import type { Chart, ChartAnswer, ChartMissing } from '../../protocol/dashboardPage.js';
import type { Query } from '../../protocol/rows.js';
import { hueOf } from '../shared/classes.js';
import { CopyButtons } from '../shared/copyButtons.js';
import { Icon } from '../shared/icon.js';
import { areClasses, colourIn, coloursOf } from './colours.js';
import { tableOf } from './chartTable.js';
import type { Place } from './places.js';
import { Matrix } from './matrix.js';
import { Picture } from './picture.js';
import { ENDINGS, fileName, pictureOf } from './savePicture.js';
import { TableView } from './tableView.js';

/** What a card asks of the page. */
export interface Actions {
  open(query: Query): void;
  readonly copy: (text: string, what: string) => void;
  save(name: string, bytes: Promise<Uint8Array>): void;
  toggleTable(id: string): void;
}

interface Parts {
  readonly chart: Chart;
  readonly isTable: boolean;
  readonly theme: number;
  /** Its numbers are of what was chosen before. */
  readonly isStale: boolean;
  readonly actions: Actions;
}

/** Why a chart is not drawn. */
export function Missing({ title, missing }: ChartMissing) {
  return (
    <section class="card missing" aria-label={title}>
      <h2>{title}</h2>
      <p>
        <Icon name="info" /> {missing}
      </p>
    </section>
  );
}

export function isMissing(answer: ChartAnswer): answer is ChartMissing {
  return 'missing' in answer;
}

/** One chart with its table, what it is of, and what can be done with it. */
export function Card({ chart, isTable, theme, isStale, actions }: Parts) {
  const heading = useId();
  const open = useCallback(
    ({ series, at }: Place) => {
      const query = chart.series[series]?.marks[at]?.query ?? null;
      if (query !== null) actions.open(query);
    },
    [chart, actions],
  );
  const shown = isTable ? (
    <TableView chart={chart} open={open} />
  ) : chart.kind === 'matrix' ? (
    <Matrix chart={chart} open={open} />
  ) : (
    <Picture chart={chart} theme={theme} open={open} />
  );
  return (
    <section class={isStale ? 'card stale' : 'card'} aria-labelledby={heading} aria-busy={isStale}>
      <header>
        <h2 id={heading}>{chart.title}</h2>
        <Tools chart={chart} isTable={isTable} actions={actions} />
      </header>
      <p class="about">{chart.about}</p>
      {!isTable && chart.kind !== 'matrix' && <Legend chart={chart} theme={theme} />}
      {shown}
      {chart.notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
    </section>
  );
}

function Tools({ chart, isTable, actions }: Omit<Parts, 'theme' | 'isStale'>) {
  return (
    <div class="tools" role="group" aria-label={`What to do with ${chart.title}`}>
      <button type="button" aria-pressed={isTable} onClick={() => actions.toggleTable(chart.id)}>
        Table
      </button>
      <CopyButtons table={() => tableOf(chart)} copy={actions.copy} />
      {ENDINGS.map((ending) => (
        <button
          key={ending}
          type="button"
          title={`Save the picture as ${ending.toUpperCase()}, with title and legend`}
          onClick={() => actions.save(fileName(chart, ending), pictureOf(chart, ending))}
        >
          {ending.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

/** Which colour is which run, and what whiskers, ticks and dashes are. */
function Legend({ chart, theme }: { readonly chart: Chart; readonly theme: number }) {
  const colours = coloursOf(document.body);
  const isOne = chart.series.length === 1 && chart.categories.some((each) => each.class !== null);
  return (
    <p class="legend" data-theme={theme}>
      {isOne ? (
        <span class={`hue-${hueOf(null)}`} title={chart.series[0]?.name}>
          {chart.series[0]?.name}
        </span>
      ) : (
        chart.series.map(({ name }, series) => (
          <span key={name} title={name}>
            <i style={{ background: colourIn(chart, { series, at: 0 }, colours) }} aria-hidden="true" />
            {areClasses(chart) ? name.replaceAll('-', ' ') : name}
          </span>
        ))
      )}
      {chart.whiskers !== null && <span class="mean">┝━┥ {chart.whiskers}</span>}
      {chart.reference !== null && chart.kind !== 'rose' && <span class="mean">┅ {chart.reference}</span>}
      {chart.levels.map(({ name }) => (
        <span key={name} class="mean">
          ╌╌ {name}
        </span>
      ))}
    </p>
  );
}
