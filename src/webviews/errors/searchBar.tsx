import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, Key } from '../shared/icon.js';
import { valueOf } from '../shared/toolkit.js';
import type { ErrorBrowser } from './browser.js';
import { SEARCH } from './commands.js';
import { useTopics } from './topic.js';

const DELAY = 150;

interface Props {
  readonly browser: ErrorBrowser;
  readonly keys: Readonly<Record<string, string>>;
}

/** The text of the search field: as typed at once, as asked when typing pauses. */
function useSearch(browser: ErrorBrowser) {
  const asked = browser.query.search;
  const [typed, setTyped] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // What this field asked itself comes back as it was typed then; more may have been typed since.
  const own = useRef(asked);
  // Another query took the place of the one typed here: a slice, "clear all".
  useEffect(() => {
    if (asked === own.current) return;
    own.current = asked;
    clearTimeout(timer.current);
    setTyped(asked);
  }, [asked]);
  const search = (text: string, delay: number): void => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      own.current = text;
      if (text !== browser.query.search) browser.ask({ ...browser.query, search: text });
    }, delay);
  };
  return { typed, search };
}

/** Full-text search, and the button that unfolds all other conditions. */
export function SearchBar({ browser, keys }: Props) {
  useTopics(browser.head);
  const { typed, search } = useSearch(browser);
  const field = useRef<HTMLElement>(null);
  useEffect(() => browser.searching.on(() => field.current?.focus()), [browser]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const toList = event.key === 'ArrowDown' || (event.key === 'Escape' && typed === '');
    if (event.key === 'Escape' && typed !== '') search('', 0);
    else if (event.key === 'Enter') search(valueOf(event), 0);
    else if (toList) document.getElementById('rows')?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div class="search">
      <vscode-text-field
        ref={field}
        value={typed}
        placeholder="Search questions and answers"
        aria-label="Search questions and answers"
        onInput={(event: Event) => search(valueOf(event), DELAY)}
        onKeyDown={onKeyDown}
      >
        <span slot="start" class="slot">
          <Icon name="search" />
        </span>
        {typed === '' && (
          <span slot="end" class="slot">
            <Key of={SEARCH} keys={keys} />
          </span>
        )}
        {typed !== '' && (
          <button slot="end" type="button" class="plain" title="Clear search" onClick={() => search('', 0)}>
            <Icon name="close" />
            <span class="hidden-text">Clear search</span>
          </button>
        )}
      </vscode-text-field>
      <FilterToggle browser={browser} />
    </div>
  );
}

function FilterToggle({ browser }: { readonly browser: ErrorBrowser }) {
  const { keeper } = browser;
  const toggle = (): void => {
    keeper.filtersOpen = !keeper.filtersOpen;
    keeper.soon();
    browser.refreshFacets();
    browser.head.tell();
  };
  return (
    <button
      type="button"
      class="plain filter-toggle"
      aria-expanded={keeper.filtersOpen}
      aria-controls="filters"
      title={keeper.filtersOpen ? 'Hide filters' : 'Filter by any field'}
      onClick={toggle}
    >
      <Icon name={keeper.filtersOpen ? 'filter-filled' : 'filter'} />
      <span class="hidden-text">Filters</span>
    </button>
  );
}
