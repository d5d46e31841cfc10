import { useEffect, useRef, useState } from 'preact/hooks';
import { valueOf } from '../shared/toolkit.js';
import type { ErrorBrowser } from './browser.js';
import { idsIn } from './queries.js';
import { useTopics } from './topic.js';

const APPLY = /Mac/.test(navigator.userAgent) ? '⌘Enter' : 'Ctrl+Enter';

/** Item ids, pasted from wherever, become the rows to look at. */
export function PasteDialog({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLElement>(null);
  const [text, setText] = useState('');
  const { pasting } = browser;
  useEffect(() => {
    const element = dialog.current;
    if (element === null || pasting === element.open) return;
    if (!pasting) return element.close();
    setText(browser.query.ids?.join('\n') ?? '');
    element.showModal();
    field.current?.focus();
  }, [pasting]);
  const ids = idsIn(text);
  const show = (): void => {
    if (ids.length > 0) browser.showIds(ids);
  };
  const onClose = (): void => {
    browser.setPasting(false);
    // The field draws what it is given a frame later: what is typed at once would follow upon the ids of the last time.
    setText('');
    // Opened by a key of the workbench, which moves the focus, it had nothing to give it back to.
    const { activeElement, body } = document;
    if (activeElement === body || dialog.current?.contains(activeElement) === true) {
      document.getElementById('rows')?.focus();
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    show();
  };
  return (
    <dialog ref={dialog} aria-label="Show items by their ids" onClose={onClose}>
      <vscode-text-area
        ref={field}
        rows={8}
        value={text}
        placeholder="Item ids, separated by lines, commas, tabs or spaces"
        onInput={(event: Event) => setText(valueOf(event))}
        onKeyDown={onKeyDown}
      >
        Show items by their ids
      </vscode-text-area>
      <Buttons cancel={() => browser.setPasting(false)} show={ids.length === 0 ? null : show} />
    </dialog>
  );
}

/** `show` is null where there is nothing to show. */
function Buttons({ cancel, show }: { readonly cancel: () => void; readonly show: (() => void) | null }) {
  return (
    <div class="buttons">
      <span class="muted keys">
        <kbd>{APPLY}</kbd> shows them
      </span>
      <vscode-button appearance="secondary" onClick={cancel}>
        Cancel
      </vscode-button>
      <vscode-button disabled={show === null} onClick={() => show?.()}>
        Show items
      </vscode-button>
    </div>
  );
}
