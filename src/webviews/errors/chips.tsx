import { hueOf } from '../shared/classes.js';
import { Icon } from '../shared/icon.js';
import type { FacetValue } from '../../protocol/rows.js';
import type { ErrorBrowser } from './browser.js';
import { count, shortCount } from './numbers.js';
import { isChosen, toggled } from './queries.js';
import { useTopics } from './topic.js';

/** The values of one field as chips that can be chosen, several at a time. */
export function Chips({ browser, field }: { readonly browser: ErrorBrowser; readonly field: string }) {
  useTopics(browser.head);
  const facet = browser.facets.get(field);
  // Rows without a class are the unanswered and right ones, which have chips of their own.
  const values = facet?.values.filter(({ value }) => value !== null || isChosen(browser.query, field, value)) ?? [];
  return (
    <div class="chips" role="group" aria-label={field}>
      {values.map((value) => (
        <Chip key={String(value.value)} browser={browser} field={field} of={value} />
      ))}
      {/* Room for the counts to come, so that the list does not jump when they do. */}
      {facet === undefined && <span class="toggle-chip waiting" />}
    </div>
  );
}

interface ChipProps {
  readonly browser: ErrorBrowser;
  readonly field: string;
  readonly of: FacetValue;
}

function Chip({ browser, field, of: { value, label, count: rows } }: ChipProps) {
  const chosen = isChosen(browser.query, field, value);
  const hue = field === 'class' ? hueOf(value === null ? null : String(value)) : 'other';
  const word = field === 'class' ? label.replace(/-flip$/, '').replaceAll('-', ' ') : label;
  return (
    <button
      type="button"
      class={`toggle-chip hue-${hue}${rows === 0 ? ' empty' : ''}`}
      aria-pressed={chosen}
      title={`${label}: ${count(rows)} of the rows that all other conditions keep`}
      onClick={() => browser.ask(toggled(browser.query, field, value))}
    >
      {chosen ? <Icon name="check" /> : <span class="swatch" />}
      <span class="word">{word}</span>
      <span class="muted">{shortCount(rows)}</span>
    </button>
  );
}
