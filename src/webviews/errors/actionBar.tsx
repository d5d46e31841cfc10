import type { ErrorsAction } from '../../protocol/errorsPage.js';
import { Icon, Key } from '../shared/icon.js';
import type { ErrorBrowser } from './browser.js';
import { NEXT, PASTE_IDS, PREVIOUS, RERUN, SAVE_SLICE, SEARCH } from './commands.js';
import { count } from './numbers.js';
import { useTopics } from './topic.js';

interface Action {
  readonly action: ErrorsAction;
  readonly icon: string;
  readonly label: string;
  /** The key that does it in the list. */
  readonly key?: string;
}

const ACTIONS: readonly Action[] = [
  { action: 'open', icon: 'go-to-file', label: 'Open' },
  { action: 'copyIds', icon: 'copy', label: 'Copy ids', key: /Mac/.test(navigator.userAgent) ? '⌘C' : 'Ctrl+C' },
  { action: 'rerun', icon: 'debug-rerun', label: 'Rerun…' },
  { action: 'saveSlice', icon: 'save', label: 'Save as slice…' },
  { action: 'export', icon: 'export', label: 'Export…' },
];

/** Below the list: what can be done with the selected rows where several are, else the keys. */
export function ActionBar({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.list);
  const { cursor, view } = browser;
  const total = view?.info.total ?? 0;
  const several = cursor.several && total > 0;
  return (
    <footer>
      <span class="hidden-text" role="status">
        {several ? `${count(cursor.selected.size)} of ${count(total)} selected` : ''}
      </span>
      {several ? <Actions browser={browser} total={total} /> : total > 0 && <Hints keys={browser.start?.keys ?? {}} />}
    </footer>
  );
}

function Actions({ browser, total }: { readonly browser: ErrorBrowser; readonly total: number }) {
  return (
    <div class="bar-of-actions" role="toolbar" aria-label="Selected rows">
      <span class="count" aria-hidden="true">
        {count(browser.cursor.selected.size)} of {count(total)} selected
      </span>
      {ACTIONS.map(({ action, icon, label, key }) => (
        <button
          key={action}
          type="button"
          class="plain"
          title={key === undefined ? label : `${label} (${key})`}
          onClick={() => void browser.act(action)}
        >
          <Icon name={icon} />
          <span class="label">{label}</span>
        </button>
      ))}
      <button type="button" class="plain" title="Clear selection (Escape)" onClick={() => browser.collapse()}>
        <Icon name="close" />
        <span class="hidden-text">Clear selection</span>
      </button>
    </div>
  );
}

/** The keys of the list, as many as there is room for, the most useful first. */
function Hints({ keys }: { readonly keys: Readonly<Record<string, string>> }) {
  const bound = (...commands: readonly string[]): boolean => commands.every((command) => (keys[command] ?? '') !== '');
  return (
    <div class="bar-of-actions hints-only">
      <p class="hints">
        {bound(NEXT, PREVIOUS) && (
          <span>
            <Key of={NEXT} keys={keys} spoken /> <Key of={PREVIOUS} keys={keys} spoken /> next, previous
          </span>
        )}
        <span>
          <kbd>Enter</kbd> open
        </span>
        <span>
          <kbd>Shift+↓</kbd> select
        </span>
        {HINTS.filter(([command]) => bound(command)).map(([command, words]) => (
          <span key={command}>
            <Key of={command} keys={keys} spoken /> {words}
          </span>
        ))}
      </p>
    </div>
  );
}

const HINTS: readonly (readonly [string, string])[] = [
  [SEARCH, 'search'],
  [RERUN, 'rerun'],
  [PASTE_IDS, 'paste ids'],
  [SAVE_SLICE, 'save slice'],
];
