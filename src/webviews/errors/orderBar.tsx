import { Icon } from '../shared/icon.js';
import { valueOf } from '../shared/toolkit.js';
import type { ErrorBrowser } from './browser.js';
import { Choice } from './choice.js';
import { useTopics } from './topic.js';

const SORTS = ['class', 'task', 'question', 'confidence', 'angle'];
const GROUPS = ['class', 'task', 'run', 'frame'];

function Fields({ usual, all }: { readonly usual: readonly string[]; readonly all: readonly string[] }) {
  const others = all.filter((name) => !usual.includes(name));
  const option = (name: string) => (
    <option key={name} value={name}>
      {name.replace(/^meta\./, '')}
    </option>
  );
  return (
    <>
      {usual.map(option)}
      {others.length > 0 && <optgroup label="Other fields">{others.map(option)}</optgroup>}
    </>
  );
}

/** In which order the rows stand, and under which headings. */
export function OrderBar({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const { query } = browser;
  const fields = browser.start?.overview?.fields.map(({ name }) => name) ?? [];
  const sort = query.sort[0];
  const sortBy = (field: string): void =>
    browser.ask({ ...query, sort: field === '' ? [] : [{ field, descending: sort?.descending === true }] });
  const groupBy = (field: string): void => browser.ask({ ...query, group: field === '' ? null : field });
  const descending = sort?.descending === true;
  const turn = (): void => {
    if (sort !== undefined) browser.ask({ ...query, sort: [{ field: sort.field, descending: !descending }] });
  };
  return (
    <div class="order">
      <Choice label="Sort by" icon="sort-precedence" value={sort?.field ?? ''} onChange={(e) => sortBy(valueOf(e))}>
        <option value="">File order</option>
        <Fields usual={SORTS} all={fields} />
      </Choice>
      <button
        type="button"
        class="plain"
        aria-disabled={sort === undefined}
        title={descending ? 'Descending; turn to ascending' : 'Ascending; turn to descending'}
        onClick={turn}
      >
        <Icon name={descending ? 'arrow-down' : 'arrow-up'} />
        <span class="hidden-text">Turn the order</span>
      </button>
      <Choice label="Group by" icon="list-tree" value={query.group ?? ''} onChange={(e) => groupBy(valueOf(e))}>
        <option value="">No groups</option>
        <Fields usual={GROUPS} all={fields} />
      </Choice>
    </div>
  );
}
