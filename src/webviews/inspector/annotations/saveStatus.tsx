import type { Annotations } from './useAnnotations.js';

/** Of the last thing that was said: being saved, saved, or not saved. Short, as it is read out after every key. */
export function SaveStatus({ annotations }: { readonly annotations: Annotations }) {
  return (
    <span class="save-status muted" role="status" aria-live="polite">
      {wordsOf(annotations)}
    </span>
  );
}

function wordsOf({ changes, name, isBusy }: Annotations): string {
  const last = changes.at(-1);
  if (last === undefined) return '';
  // Items go on by themselves: what is said of another names it.
  const of = last.name === name ? '' : `item ${last.item} `;
  if (isBusy || last.state === 'saving') return `${of}saving …`;
  return last.state === 'saved' ? `${of}saved` : `${of}not saved`;
}
