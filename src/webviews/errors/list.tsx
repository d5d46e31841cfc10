import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { isTyping } from '../shared/typing.js';
import type { ErrorBrowser } from './browser.js';
import { Failure, NoRows } from './empty.js';
import { HeadingLine, StickyHeading } from './headings.js';
import { onListKey } from './listKeys.js';
import { ROW_HEIGHT, type Line } from './lines.js';
import { idsIn } from './queries.js';
import { RowLine } from './rowLine.js';
import { Skeleton, SkeletonRow } from './skeleton.js';
import { useTopics } from './topic.js';

/** The rows of the query, or why there are none. */
export function List({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const { view, problem, busy } = browser;
  return (
    <div class="list-area" aria-busy={busy}>
      {busy && <div class="progress" />}
      {problem !== null ? (
        <Failure browser={browser} problem={problem} />
      ) : view?.info.total === 0 ? (
        <NoRows browser={browser} />
      ) : view === null ? (
        <Skeleton />
      ) : (
        <Rows browser={browser} />
      )}
    </div>
  );
}

/** Keeps the list as high as its place, and the element scrolled to where the list is. */
function useScrolling(browser: ErrorBrowser) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const list = element.current;
    if (list === null) return;
    const measure = (): void => {
      browser.scroller.resize(list.clientHeight);
      browser.moved();
    };
    measure();
    const observer = new ResizeObserver(() => {
      // The user may have moved it just now.
      browser.scroller.scrolled(list.scrollTop);
      measure();
    });
    observer.observe(list);
    return () => observer.disconnect();
  }, [browser]);
  useLayoutEffect(() => {
    if (element.current !== null) browser.scroller.apply(element.current);
  });
  const onScroll = (): void => {
    if (element.current !== null && browser.scroller.scrolled(element.current.scrollTop)) browser.moved();
  };
  // Where the element is lower than the list, one pixel of it is many: the wheel moves the list itself.
  const onWheel = (event: WheelEvent): void => {
    if (browser.scroller.scale.exact || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const unit = [1, ROW_HEIGHT, browser.scroller.viewport][event.deltaMode] ?? 1;
    browser.scroller.by(event.deltaY * unit);
    browser.moved();
  };
  return { element, onScroll, onWheel };
}

/** Where the page has the focus and nothing in it does, the list takes it: after a button went away, or a command came here. */
function useFocus(list: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const take = (): void => {
      if (document.hasFocus() && document.activeElement === document.body) list.current?.focus();
    };
    take();
    window.addEventListener('focus', take);
    return () => window.removeEventListener('focus', take);
  }, [list]);
}

/** Ids pasted onto the list become the rows; rows are copied as ids. */
function useClipboard(browser: ErrorBrowser): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const ids = idsIn(event.clipboardData?.getData('text') ?? '');
      if (!isTyping(event) && ids.length > 0) browser.showIds(ids);
    };
    const onCopy = (event: ClipboardEvent): void => {
      if (isTyping(event) || document.activeElement?.id !== 'rows' || browser.cursor.selected.size === 0) return;
      event.preventDefault();
      void browser.act('copyIds');
    };
    document.addEventListener('paste', onPaste);
    document.addEventListener('copy', onCopy);
    return () => {
      document.removeEventListener('paste', onPaste);
      document.removeEventListener('copy', onCopy);
    };
  }, [browser]);
}

function Rows({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.list);
  useClipboard(browser);
  const { element, onScroll, onWheel } = useScrolling(browser);
  useFocus(element);
  const { scroller, cursor } = browser;
  const lines = scroller.drawn();
  const first = lines[0]?.top ?? 0;
  const current = lines.some((line) => line.kind === 'row' && line.position === cursor.current);
  return (
    <div
      id="rows"
      ref={element}
      class={`rows${browser.busy ? ' stale' : ''}`}
      role="listbox"
      tabIndex={0}
      aria-label="Errors"
      aria-multiselectable="true"
      aria-activedescendant={current ? rowId(cursor.current) : undefined}
      onScroll={onScroll}
      onWheel={onWheel}
      onKeyDown={(event) => onListKey(browser, event)}
    >
      <StickyHeading browser={browser} />
      <div role="none" class="spacer" style={{ height: `${scroller.scale.physicalHeight}px` }}>
        <div role="none" class="window" style={{ top: `${scroller.drawnAt(first)}px` }}>
          {lines.map((line, at) =>
            line.kind === 'heading' ? (
              <HeadingLine key={`heading ${line.index}`} browser={browser} group={line.group} />
            ) : (
              <Option key={line.position} browser={browser} position={line.position} group={groupBefore(lines, at)} />
            ),
          )}
        </div>
      </div>
    </div>
  );
}

function rowId(position: number): string {
  return `row-${position}`;
}

/** The group whose heading stands right above a row: a list box tells of its options alone. */
function groupBefore(lines: readonly Line[], at: number): string | null {
  const before = lines[at - 1];
  return before?.kind === 'heading' ? before.group.label : null;
}

interface OptionProps {
  readonly browser: ErrorBrowser;
  readonly position: number;
  readonly group: string | null;
}

function Option({ browser, position, group }: OptionProps) {
  const { cursor, view } = browser;
  const row = view?.rows.get(position);
  const onClick = (event: MouseEvent): void =>
    browser.goTo(position, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only');
  return (
    <div
      id={rowId(position)}
      class={`row${cursor.current === position ? ' current' : ''}`}
      role="option"
      aria-selected={cursor.selected.has(position)}
      aria-setsize={view?.info.total}
      aria-posinset={position + 1}
      onClick={onClick}
      onDblClick={() => browser.openCurrent()}
    >
      {group !== null && <span class="hidden-text">{browser.shortly(browser.query.group, group)}: </span>}
      {row === undefined ? (
        <SkeletonRow picture={browser.pictures !== false} />
      ) : (
        <RowLine
          row={row}
          picture={browser.pictures === true}
          thumbnail={browser.thumbnails.get(row)}
          titleOf={(label) => browser.labelling.titleOf(label)}
        />
      )}
    </div>
  );
}
