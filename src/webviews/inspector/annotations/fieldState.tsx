import type { Change, Field } from './saves.js';
import { stateOf } from './useAnnotations.js';

/** Beside a field: how far saving it has come. It is read out elsewhere. */
export function FieldState({ own, field }: { readonly own: readonly Change[]; readonly field: Field }) {
  const change = stateOf(own, field);
  if (change === null) return null;
  const words = { saving: 'saving', saved: 'saved', failed: 'not saved' }[change.state];
  return (
    <span
      class={change.state === 'failed' ? 'state failed' : 'state'}
      title={change.message ?? undefined}
      aria-hidden="true"
    >
      {words}
    </span>
  );
}
