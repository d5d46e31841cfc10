import type { ErrorBrowser } from './browser.js';

/** Keys that live in the list. All others are the workbench's, which sends what they mean as `do`. */
export function onListKey(browser: ErrorBrowser, event: KeyboardEvent): void {
  if (event.altKey) return;
  const done = moves(browser, event) || selects(browser, event) || browser.labelling.onKey(event);
  if (done) event.preventDefault();
}

function moves(browser: ErrorBrowser, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  const grip = event.shiftKey ? 'extend' : 'only';
  const last = (browser.view?.info.total ?? 0) - 1;
  switch (event.key) {
    case 'ArrowDown':
      browser.step(1, grip);
      return true;
    case 'ArrowUp':
      browser.step(-1, grip);
      return true;
    case 'PageDown':
      browser.step(browser.scroller.page, grip);
      return true;
    case 'PageUp':
      browser.step(-browser.scroller.page, grip);
      return true;
    case 'Home':
      browser.goTo(0, grip);
      return true;
    case 'End':
      browser.goTo(last, grip);
      return true;
    default:
      return false;
  }
}

function selects(browser: ErrorBrowser, event: KeyboardEvent): boolean {
  const control = event.ctrlKey || event.metaKey;
  if (control) {
    if (event.key.toLowerCase() !== 'a' || event.shiftKey) return false;
    browser.selectAll();
    return true;
  }
  switch (event.key) {
    case 'Enter':
      browser.openCurrent();
      return true;
    case ' ':
      if (browser.cursor.current >= 0) browser.goTo(browser.cursor.current, 'toggle');
      return true;
    case 'Escape':
      browser.collapse();
      return true;
    default:
      return false;
  }
}
