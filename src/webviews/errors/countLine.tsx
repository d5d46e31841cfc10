import { Icon } from '../shared/icon.js';
import type { ErrorBrowser } from './browser.js';
import { PASTE_IDS } from './commands.js';
import { count } from './numbers.js';
import { useTopics } from './topic.js';

interface ButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly onClick: () => void;
}

function IconButton({ icon, label, onClick }: ButtonProps) {
  return (
    <button type="button" class="plain" title={label} aria-label={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

/** How many rows there are of how many, under which lens; and what can be done with all of them. */
export function CountLine({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const lens = browser.start?.overview?.lens;
  const info = browser.view?.info;
  const named = lens === undefined ? '' : ` · lens ${lens.name} ${lens.version}`;
  const text = info === undefined ? '' : `${count(info.total)} of ${count(info.of)}${named}`;
  const key = browser.start?.keys[PASTE_IDS];
  return (
    <div class="count-line">
      <span class="count" role="status" title={info === undefined ? '' : `${text}${lensNote(browser)}`}>
        {text}
      </span>
      <IconButton
        icon="clippy"
        label={`Show items by their ids…${key === undefined || key === '' ? '' : ` (${key})`}`}
        onClick={() => browser.setPasting(true)}
      />
      <IconButton icon="save" label="Save these rows as a slice…" onClick={() => void browser.act('saveSlice', true)} />
      <IconButton icon="export" label="Export these rows…" onClick={() => void browser.act('export', true)} />
    </div>
  );
}

function lensNote(browser: ErrorBrowser): string {
  const note = browser.start?.overview?.lens.note ?? null;
  return note === null ? '' : `\n${note}`;
}
