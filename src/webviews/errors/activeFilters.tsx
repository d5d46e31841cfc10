import { Icon } from '../shared/icon.js';
import type { Query } from '../../protocol/rows.js';
import type { ErrorBrowser } from './browser.js';
import { CHIP_FIELDS } from './facetCounts.js';
import { count } from './numbers.js';
import { toggled, worded } from './queries.js';
import { useTopics } from './topic.js';

interface Condition {
  readonly text: string;
  readonly without: Query;
}

/** Conditions that are seen nowhere else: not the chips above, nor the search field. */
function conditionsOf(browser: ErrorBrowser): Condition[] {
  const { query, facets } = browser;
  const chosen = Object.entries(query.facets)
    .filter(([field]) => !CHIP_FIELDS.includes(field))
    .flatMap(([field, values]) =>
      values.map((value) => ({
        text: `${field.replace(/^meta\./, '')}: ${browser.shortly(field, facets.label(field, value))}`,
        without: toggled(query, field, value),
      })),
    );
  const { ids, filter } = query;
  const pasted = ids === null ? [] : [{ text: `${count(ids.length)} pasted ids`, without: { ...query, ids: null } }];
  const typed = filter === null ? [] : [{ text: worded(filter), without: { ...query, filter: null } }];
  return [...pasted, ...typed, ...chosen];
}

/** What is filtered by, each with a button that takes it away. */
export function ActiveFilters({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const all = conditionsOf(browser);
  if (all.length === 0) return null;
  return (
    <div class="active" role="group" aria-label="Active filters">
      {all.map(({ text, without }) => (
        <button
          key={text}
          type="button"
          class="toggle-chip"
          title={`Remove ${text}`}
          aria-label={`Remove ${text}`}
          onClick={() => {
            browser.ask(without);
            // The button goes; the focus stays on the page.
            document.getElementById('rows')?.focus();
          }}
        >
          <span class="word" dir="auto">
            {text}
          </span>
          <Icon name="close" />
        </button>
      ))}
    </div>
  );
}
