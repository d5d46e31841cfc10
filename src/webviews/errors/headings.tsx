import type { ErrorBrowser } from './browser.js';
import { HEADING_HEIGHT, type Group } from './lines.js';
import { count } from './numbers.js';

interface Props {
  readonly browser: ErrorBrowser;
  readonly group: Group;
}

/** The heading of rows with one value. */
export function HeadingLine({ browser, group }: Props) {
  return (
    <div class="heading" role="presentation" title={`${group.label}: ${count(group.count)} rows`}>
      <span class="word" dir="auto">
        {browser.shortly(browser.query.group, group.label)}
      </span>
      <span class="muted">
        {count(group.count)} {group.count === 1 ? 'row' : 'rows'}
      </span>
    </div>
  );
}

/** The heading of the rows at the upper edge, pushed away by the next one. What is seen twice is said once. */
export function StickyHeading({ browser }: { readonly browser: ErrorBrowser }) {
  const { lines, top } = browser.scroller;
  const at = lines.heading(top);
  if (at === null) return null;
  const next = lines.heading(top + HEADING_HEIGHT);
  const push = next !== null && next.index > at.index ? next.top - top - HEADING_HEIGHT : 0;
  return (
    <div class="sticky" aria-hidden="true">
      <div class="cover" style={{ transform: `translateY(${push}px)` }}>
        <HeadingLine browser={browser} group={at.group} />
      </div>
    </div>
  );
}
