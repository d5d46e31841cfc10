import { Icon } from '../shared/icon.js';
import type { ErrorBrowser } from './browser.js';
import { count } from './numbers.js';
import { useTopics } from './topic.js';

const NAMED = 5;
const LISTED = 100;

/** What is to be known beside the list: ids of no item, counts that failed, an action that failed. */
export function Notices({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const unknown = browser.query.ids === null ? [] : (browser.view?.info.unknownIds ?? []);
  const numbered = browser.query.ids === null ? [] : (browser.view?.info.numbered ?? []);
  const { problem } = browser.facets;
  const { notice } = browser;
  return (
    <div role="status">
      {unknown.length > 0 && (
        <p class="notice" title={unknown.slice(0, LISTED).join('\n')}>
          <Icon name="warning" />
          <span class="word">{unknownIds(unknown, browser.query.ids?.length ?? 0)}</span>
        </p>
      )}
      {numbered.length > 0 && (
        <p class="notice" title={numbered.slice(0, LISTED).join('\n')}>
          <Icon name="info" />
          <span class="word">{numberedByRows(numbered)}</span>
        </p>
      )}
      {problem !== null && (
        <p class="notice">
          <Icon name="warning" />
          <span class="word">The counts of the filters are missing: {problem}</span>
        </p>
      )}
      {notice !== null && (
        <p class="notice">
          <Icon name="error" />
          <span class="word">{notice}</span>
          <button type="button" class="plain" title="Dismiss" onClick={() => browser.dismiss()}>
            <Icon name="close" />
            <span class="hidden-text">Dismiss</span>
          </button>
        </p>
      )}
    </div>
  );
}

function unknownIds(ids: readonly string[], of: number): string {
  const named = `${ids.slice(0, NAMED).join(', ')}${ids.length > NAMED ? ', …' : ''}`;
  return `${count(ids.length)} of ${count(of)} ids ${ids.length === 1 ? 'is' : 'are'} of no item: ${named}`;
}

function numberedByRows(runs: readonly string[]): string {
  const named = `${runs.slice(0, NAMED).join(', ')}${runs.length > NAMED ? ', …' : ''}`;
  return `In ${named} an id is the number of the row: items there have no ids of their own that tell them apart`;
}
