import type { Chart } from '../../protocol/dashboardPage.js';
import { hueOf } from '../shared/classes.js';

const SERIES = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];

/** Colours of the theme as they are now; charts are drawn anew where it changes. */
export interface Colours {
  readonly text: string;
  readonly aside: string;
  readonly line: string;
  readonly ground: string;
  /** Of a series by its name: the same one in all charts. */
  readonly series: (name: string) => string;
  readonly class: (name: string) => string;
}

/** In which order series got their colours: of those that are shown together, all by their names. */
const order: string[] = [];

/** These series are shown now: each keeps a colour of its own as long as there are enough. */
export function orderSeries(names: readonly string[]): void {
  order.splice(0, order.length, ...new Set(names));
}

/** The colour of a mark: of one run, bars have those of their classes, and so have lines that are classes; else its series' own. */
export function colourIn(
  chart: Chart,
  { series, at }: { readonly series: number; readonly at: number },
  colours: Pick<Colours, 'series' | 'class'>,
): string {
  const name = chart.series[series]?.name ?? '';
  if (areClasses(chart)) return colours.class(name);
  const own = chart.categories[at]?.class ?? null;
  return chart.series.length === 1 && own !== null ? colours.class(own) : colours.series(name);
}

/** Whether the series are classes of errors, and no runs. */
export function areClasses({ seriesIs }: Chart): boolean {
  return seriesIs === 'class';
}

/** Reads them from the page, with `canvas` colours only: what a style mixes, the browser has to work out first. */
export function coloursOf(page: HTMLElement): Colours {
  const style = getComputedStyle(page);
  const read = (name: string, instead: string): string => style.getPropertyValue(name).trim() || instead;
  const text = read('--vscode-foreground', 'currentColor');
  const hue = (name: string): string => worked(page, `var(--hue-${name})`) || text;
  return {
    text,
    aside: read('--vscode-descriptionForeground', text),
    line: read('--vscode-panel-border', read('--vscode-contrastBorder', text)),
    ground: read('--vscode-editor-background', 'transparent'),
    series: (name) => {
      const at = Math.max(0, order.indexOf(name));
      const colour = SERIES[at % SERIES.length] ?? 'blue';
      const own = worked(page, `var(--vscode-charts-${colour}, var(--vscode-charts-yellow, ${text}))`) || text;
      // After the sixth the same ones come again, nearer to the ground.
      return at < SERIES.length ? own : worked(page, `color-mix(in srgb, ${own} 55%, var(--vscode-editor-background))`);
    },
    class: (name) => hue(hueOf(name)),
  };
}

function worked(page: HTMLElement, colour: string): string {
  const probe = document.createElement('span');
  // Forced colours are for texts: series would all have one.
  probe.style.setProperty('forced-color-adjust', 'none');
  probe.style.color = colour;
  page.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
