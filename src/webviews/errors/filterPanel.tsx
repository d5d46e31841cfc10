import { Icon } from '../shared/icon.js';
import { valueOf } from '../shared/toolkit.js';
import type { FacetValue } from '../../protocol/rows.js';
import type { ErrorBrowser } from './browser.js';
import { CHIP_FIELDS } from './facetCounts.js';
import { count, shortCount } from './numbers.js';
import { isChosen, toggled } from './queries.js';
import { Choice } from './choice.js';
import { useTopics } from './topic.js';

/** Offered from the start, as far as the data has them; any other field can be added. */
const USUAL = [
  'run',
  'axis',
  'drift',
  'task',
  'relation',
  'family',
  'frame',
  'agreement',
  'flags',
  'annotation.status',
  'annotation.label',
];

/** Conditions on every field there is: a foldable section each, with counts. */
export function FilterPanel({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const fields = browser.start?.overview?.fields.map(({ name }) => name) ?? [];
  const { addedFields } = browser.keeper;
  const chosen = Object.keys(browser.query.facets);
  const shown = [...new Set([...USUAL.filter((name) => fields.includes(name)), ...addedFields, ...chosen])].filter(
    (name) => !CHIP_FIELDS.includes(name),
  );
  const further = fields.filter((name) => !shown.includes(name) && !CHIP_FIELDS.includes(name));
  const add = (field: string): void => {
    browser.keeper.addedFields = [...addedFields, field];
    setOpen(browser, field, true);
  };
  return (
    <div id="filters" class="filters" role="group" aria-label="Filters">
      {shown.map((field) => (
        <Section key={field} browser={browser} field={field} />
      ))}
      {further.length > 0 && (
        <Choice label="Add field…" value="" onChange={(event) => add(valueOf(event))}>
          <option value="" disabled>
            Add field…
          </option>
          {further.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Choice>
      )}
    </div>
  );
}

function setOpen(browser: ErrorBrowser, field: string, open: boolean): void {
  const { keeper } = browser;
  keeper.openFields = [...keeper.openFields.filter((other) => other !== field), ...(open ? [field] : [])];
  keeper.soon();
  if (open) browser.refreshFacets();
  browser.head.tell();
}

function Section({ browser, field }: { readonly browser: ErrorBrowser; readonly field: string }) {
  const open = browser.keeper.openFields.includes(field);
  const chosen = browser.query.facets[field]?.length ?? 0;
  return (
    <section>
      <button
        type="button"
        class="section-head"
        aria-expanded={open}
        title={field}
        onClick={() => setOpen(browser, field, !open)}
      >
        <Icon name={open ? 'chevron-down' : 'chevron-right'} />
        <span class="word">{field.replace(/^meta\./, '')}</span>
        {chosen > 0 && <span class="badge">{chosen} chosen</span>}
      </button>
      {open && <Values browser={browser} field={field} />}
    </section>
  );
}

function Values({ browser, field }: { readonly browser: ErrorBrowser; readonly field: string }) {
  const facet = browser.facets.get(field);
  const widen = (): void => {
    browser.facets.widen(field);
    browser.refreshFacets();
  };
  if (facet === undefined) return <p class="value skeleton-value" />;
  if (facet.values.length === 0) return <p class="value muted">No row has a value here.</p>;
  return (
    <div role="group" aria-label={field}>
      {facet.values.map((value) => (
        <Value key={String(value.value)} browser={browser} field={field} of={value} />
      ))}
      {facet.more > 0 && (
        <button type="button" class="value link" onClick={widen}>
          {count(facet.more)} more…
        </button>
      )}
    </div>
  );
}

interface ValueProps {
  readonly browser: ErrorBrowser;
  readonly field: string;
  readonly of: FacetValue;
}

function Value({ browser, field, of: { value, label, count: rows } }: ValueProps) {
  const chosen = isChosen(browser.query, field, value);
  const stale = browser.facets.isStale(field);
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={chosen}
      class="value"
      title={stale ? label : `${label}: ${count(rows)}`}
      onClick={() => browser.ask(toggled(browser.query, field, value))}
    >
      <span class="box">{chosen && <Icon name="check" />}</span>
      <span class="word" dir="auto">
        {browser.shortly(field, label)}
      </span>
      <span class={stale ? 'muted stale' : 'muted'}>{shortCount(rows)}</span>
    </button>
  );
}
