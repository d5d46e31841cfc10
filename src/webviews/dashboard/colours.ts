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
