import { Icon } from '../shared/icon.js';

interface Parts {
  readonly message: string;
  /** Leads to the list of items. */
  readonly list?: () => void;
  /** Tries again what failed. */
  readonly again?: () => void;
  readonly problem?: string | null;
}

/** In place of an item: why there is none, and the one thing to do. */
export function Empty({ message, list, again, problem = null }: Parts) {
  return (
    <main class="empty">
      <Icon name="inspect" />
      <p class="message" role="status">
        {message}
      </p>
      {list !== undefined && (
        <>
          <p class="muted">Choose a row in the list of errors: its picture, question, options and answer stand here.</p>
          <button type="button" class="action" onClick={list}>
            Go to the errors
          </button>
        </>
      )}
      {again !== undefined && (
        <button type="button" class="action" onClick={again}>
          Try again
        </button>
      )}
      {problem !== null && <p class="muted">{problem}</p>}
    </main>
  );
}
