import { Icon } from '../shared/icon.js';
import type { ErrorBrowser } from './browser.js';
import { titled } from '../shared/keys.js';
import { OPEN_SLICE, PASTE_IDS, SAVE_SLICE } from './commands.js';
import { count } from './numbers.js';
import { isPlain } from './queries.js';
import { useTopics } from './topic.js';

interface ButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly disabled?: boolean;
  /** For one that switches something on and off. */
  readonly pressed?: boolean;
  readonly onClick: () => void;
}

function IconButton({ icon, label, disabled = false, pressed, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      class="plain"
      title={label}
      aria-label={label}
      aria-disabled={disabled}
      aria-pressed={pressed}
      onClick={() => disabled || onClick()}
    >
      <Icon name={icon} />
    </button>
  );
}

/** How many rows there are of how many, under which lens; and what can be done with all of them. */
export function CountLine({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const keys = browser.start?.keys;
  return (
    <div class="count-line">
      <Count browser={browser} />
      <IconButton
        icon="clear-all"
        label={isPlain(browser.query) ? 'No condition is set' : 'Clear all conditions: show the errors'}
        disabled={isPlain(browser.query)}
        onClick={() => browser.clear()}
      />
      <IconButton
        icon="tag"
        label={browser.keeper.labelsOpen ? 'Hide the labels' : 'Show the labels and their keys'}
        pressed={browser.keeper.labelsOpen}
        onClick={() => browser.showLabels(!browser.keeper.labelsOpen)}
      />
      <IconButton
        icon="clippy"
        label={titled('Show items by their ids…', PASTE_IDS, keys)}
        onClick={() => browser.setPasting(true)}
      />
      <IconButton icon="bookmark" label="Show a saved slice…" onClick={() => browser.command(OPEN_SLICE)} />
      <IconButton
        icon="save"
        label={titled('Save these rows as a slice…', SAVE_SLICE, keys)}
        onClick={() => void browser.act('saveSlice', true)}
      />
      <IconButton icon="export" label="Export these rows…" onClick={() => void browser.act('export', true)} />
    </div>
  );
}

/** Where there is no room for the lens, the title has it, as the view's own title does. */
function Count({ browser }: { readonly browser: ErrorBrowser }) {
  const lens = browser.start?.overview?.lens;
  const info = browser.view?.info;
  if (info === undefined) return <span class="count" role="status" />;
  const rows = `${count(info.total)} of ${count(info.of)}`;
  const under = lens === undefined ? '' : ` · lens ${lens.name} v${lens.version}`;
  const note = lens === undefined || lens.note === null ? '' : `\n${lens.note}`;
  return (
    <span class="count" role="status" title={`${rows}${under}${note}`}>
      <span>{rows}</span>
      <span>{under}</span>
    </span>
  );
}
