import { Icon } from '../shared/icon.js';
import { ERRORS, type Query } from '../../protocol/rows.js';
import type { ErrorBrowser } from './browser.js';
import { CHIP_FIELDS } from './facetCounts.js';
import { count } from './numbers.js';
import { conditions, isPlain, toggled, worded } from './queries.js';
import { useTopics } from './topic.js';

const EVERYTHING: Query = { ...ERRORS, facets: {} };

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
  if (isPlain(browser.query)) return null;
  const everything = conditions(browser.query) === conditions(EVERYTHING);
  return (
    <div class="active" role="group" aria-label="Active filters">
      {all.map(({ text, without }) => (
        <button
          key={text}
          type="button"
          class="toggle-chip"
          title={`Remove ${text}`}
          aria-label={`Remove ${text}`}
          onClick={() => browser.ask(without)}
        >
          <span class="word" dir="auto">
            {text}
          </span>
          <Icon name="close" />
        </button>
      ))}
      <button type="button" class="link" onClick={() => browser.clear()}>
        {everything ? 'Errors only' : 'Clear all'}
      </button>
    </div>
  );
}
