import { ActionBar } from './actionBar.js';
import { ActiveFilters } from './activeFilters.js';
import type { ErrorBrowser } from './browser.js';
import { Chips } from './chips.js';
import { Empty, Failure, Starting } from './empty.js';
import { FilterPanel } from './filterPanel.js';
import { LabelBar } from './labelBar.js';
import { List } from './list.js';
import { Notices } from './notices.js';
import { OrderBar } from './orderBar.js';
import { PasteDialog } from './pasteDialog.js';
import { SearchBar } from './searchBar.js';
import { CountLine } from './countLine.js';
import { useTopics } from './topic.js';

/** From any button above, down to the rows. Fields and lists have a use of their own for the arrow. */
function toList(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' || !(event.target instanceof HTMLButtonElement)) return;
  event.preventDefault();
  document.getElementById('rows')?.focus();
}

/** The error browser, or what is in its place while there is nothing to browse. */
export function App({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const { start, problem } = browser;
  if (start === null) return problem === null ? <Starting /> : <Failure browser={browser} problem={problem} />;
  if (start.emptiness !== null) return <Empty browser={browser} of={start.emptiness} message={start.message} />;
  return (
    <main class="errors">
      <header onKeyDown={toList}>
        <div class="above">
          <SearchBar browser={browser} keys={start.keys} />
          <div class="chip-rows">
            <Chips browser={browser} field="class" />
            <Chips browser={browser} field="outcome" />
          </div>
        </div>
        {browser.keeper.filtersOpen && <FilterPanel browser={browser} />}
        <div class="above">
          <ActiveFilters browser={browser} />
          <div class="tools">
            <OrderBar browser={browser} />
            <CountLine browser={browser} />
          </div>
          <Notices browser={browser} />
        </div>
      </header>
      <List browser={browser} />
      <LabelBar browser={browser} />
      <ActionBar browser={browser} />
      <PasteDialog browser={browser} />
    </main>
  );
}
