/* global document, window, requestAnimationFrame, MessageChannel -- runs in the page of VS Code's window */
/**
 * What a user sees of the error browser, with the clock of the window: VS Code's server gives webviews the window's own
 * origin, so one script looks into all of them. A time ends once the picture that holds what was waited for is drawn.
 */
(() => {
  const ROW = '[role=option]';
  const LIMIT = 300_000;
  let pressed = 0;

  /** The document of the error browser; null while there is none. */
  function errors() {
    for (const outer of document.querySelectorAll('iframe.webview')) {
      const inner = outer.contentDocument?.querySelector('#active-frame')?.contentDocument;
      if (inner?.title === 'Errors') return inner;
    }
    return null;
  }

  const drawn = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(window.performance.now());
      port2.postMessage(null);
    });

  /** The milliseconds of the window's clock at which the first picture stood for which `holds`. */
  function until(holds) {
    const end = window.performance.now() + LIMIT;
    return new Promise((resolve, reject) => {
      const look = () => {
        const page = errors();
        if (page !== null && holds(page)) void drawn().then(resolve);
        else if (window.performance.now() > end) reject(new Error(`Not within ${LIMIT / 1000} s: ${String(holds)}`));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  }

  /** The rows in sight, where they are all rows and none is a skeleton; else null. */
  function seen(page) {
    const list = page.getElementById('rows');
    if (list === null) return null;
    const { top, bottom } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll(ROW)].filter((row) => {
      const box = row.getBoundingClientRect();
      return box.bottom > top && box.top < bottom;
    });
    const reaches = rows.length > 0 && rows.at(-1).getBoundingClientRect().bottom >= bottom - 1;
    return reaches && rows.every((row) => row.querySelector('.question') !== null) ? rows : null;
  }

  const counted = (page) => page.querySelector('.count')?.textContent ?? '';
  const chips = (page) => [...page.querySelectorAll('.chips .toggle-chip')].map((chip) => chip.title).join();

  const pointer = (view) => {
    // In the capturing phase, before anything else of the window runs.
    view.addEventListener(
      'pointerdown',
      (event) => (pressed = event.timeStamp + view.performance.timeOrigin - window.performance.timeOrigin),
      true,
    );
  };
  pointer(window);

  window.flipsideBench = {
    /** From the press that opens the view to its first rows. */
    async firstRows() {
      const at = await until((page) => seen(page) !== null);
      pointer(errors().defaultView);
      return at - pressed;
    },

    /** Every number that comes late is there: how many rows, and the counts of the chips. */
    complete: () =>
      until(
        (page) => counted(page) !== '' && page.querySelector('.toggle-chip.waiting') === null && seen(page) !== null,
      ),

    /**
     * From the press of a chip to other rows with their number, and to the new counts on the chips. `name`: the class that
     * every row then has; null where a choice is taken back.
     */
    async chip(name) {
      const page = errors();
      const [before, facets] = [counted(page), chips(page)];
      const isRight = (row) => name === null || row.querySelector('.chip')?.title.startsWith(name);
      const rows = until(() => counted(page) !== before && seen(page)?.every(isRight) === true);
      const counts = until(() => chips(page) !== facets);
      return { rows: (await rows) - pressed, counts: (await counts) - pressed };
    },

    /** Goes to a place of the list, in fractions of its height, and waits for all rows in sight there. */
    async jump(fraction) {
      const list = errors().getElementById('rows');
      const start = window.performance.now();
      list.scrollTop = fraction * (list.scrollHeight - list.clientHeight);
      return (await until((page) => seen(page) !== null)) - start;
    },

    /** The same without waiting for rows: how somebody flies through a list. */
    async fly(fractions) {
      const list = errors().getElementById('rows');
      for (const fraction of fractions) {
        list.scrollTop = fraction * (list.scrollHeight - list.clientHeight);
        await new Promise((resolve) => requestAnimationFrame(() => resolve()));
      }
    },

    /** From a change of the order to its first rows; `change` is done to the element in the page. */
    async sort(field) {
      const page = errors();
      const select = page.querySelector('select[aria-label="Sort by"]') ?? page.querySelector('.order select');
      const first = () => seen(page)?.[0]?.textContent;
      const before = first();
      const start = window.performance.now();
      select.value = field;
      select.dispatchEvent(new page.defaultView.Event('change', { bubbles: true }));
      return (await until(() => ![undefined, before].includes(first()))) - start;
    },

    classes: () =>
      [...errors().querySelectorAll('[role=group][aria-label=class] .toggle-chip')].map((chip) =>
        chip.title.replace(/:.*/, ''),
      ),
  };
})();
