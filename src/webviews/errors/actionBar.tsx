import type { ErrorsAction } from '../../protocol/errorsPage.js';
import { Icon } from '../shared/icon.js';
import type { ErrorBrowser } from './browser.js';
import { count } from './numbers.js';
import { useTopics } from './topic.js';

const ACTIONS: readonly (readonly [ErrorsAction, string, string])[] = [
  ['open', 'go-to-file', 'Open'],
  ['copyIds', 'copy', 'Copy ids'],
  ['saveSlice', 'save', 'Save as slice…'],
  ['export', 'export', 'Export…'],
];

/** What can be done with the selected rows; there where several are selected. */
export function ActionBar({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.list);
  const { cursor, view } = browser;
  const shown = cursor.several && view !== null;
  return (
    <footer>
      <span class="hidden-text" role="status">
        {shown ? `${count(cursor.selected.size)} of ${count(view.info.total)} selected` : ''}
      </span>
      {shown && (
        <div class="actions" role="toolbar" aria-label="Selected rows">
          <span class="count" aria-hidden="true">
            {count(cursor.selected.size)} of {count(view.info.total)} selected
          </span>
          {ACTIONS.map(([action, icon, label]) => (
            <button key={action} type="button" class="plain" title={label} onClick={() => void browser.act(action)}>
              <Icon name={icon} />
              <span class="label">{label}</span>
            </button>
          ))}
          <button type="button" class="plain" title="Clear selection (Escape)" onClick={() => browser.collapse()}>
            <Icon name="close" />
            <span class="hidden-text">Clear selection</span>
          </button>
        </div>
      )}
    </footer>
  );
}
