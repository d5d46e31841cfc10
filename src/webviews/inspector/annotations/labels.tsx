import type { SchemeLabel } from '../../../protocol/annotations.js';
import { Icon } from '../../shared/icon.js';
import { COMMANDS } from '../commands.js';
import { useTools } from '../context.js';
import { NEXT_KEY, takenBy } from './labelKeys.js';
import type { Change } from './saves.js';
import { stateOf, type Annotations } from './useAnnotations.js';

const STATES: Readonly<Record<Change['state'], string>> = { saving: 'saving', saved: 'saved', failed: 'not saved' };

const ABOUT: Readonly<Record<SchemeLabel['about'], string>> = {
  item: 'of the item, whoever answered it',
  answer: 'of this answer to the item',
};

/** All labels, each with its key. The one that the item has is pressed. */
export function Labels({ annotations }: { readonly annotations: Annotations }) {
  const { keys } = useTools();
  const { annotating, marks, own, isDeciding, give } = annotations;
  const { labels } = annotating.scheme;
  const change = stateOf(own, 'label');
  const unknown = marks.label !== undefined && !labels.some(({ id }) => id === marks.label) ? marks.label : null;
  const next = keys[COMMANDS.nextUnlabelled] ?? NEXT_KEY;
  return (
    <div
      class="labels"
      role="group"
      aria-label={isDeciding ? 'Labels: the decision between annotators' : 'Labels'}
      // Enter that is held down would press a button again and again.
      onKeyDown={(event) => event.repeat && event.preventDefault()}
    >
      {labels.map((label) => (
        <LabelButton
          key={label.id}
          title={label.title}
          keyName={label.key}
          taken={takenBy(label, keys, next)}
          tip={ABOUT[label.about]}
          isPressed={marks.label === label.id}
          change={change?.set.label === label.id ? change : null}
          give={() => give(label.id)}
        />
      ))}
      {unknown !== null && (
        <LabelButton
          title={unknown}
          keyName={null}
          taken={null}
          tip="not in the scheme any more; press to take it back"
          remark="not in the scheme any more"
          isPressed
          change={null}
          give={() => give(unknown)}
        />
      )}
      {labels.length === 0 && <p class="muted">There are no labels here yet.</p>}
    </div>
  );
}

interface ButtonParts {
  readonly title: string;
  readonly keyName: string | null;
  /** Why the key gives something else; null where it gives the label. */
  readonly taken: string | null;
  readonly tip: string;
  readonly remark?: string;
  readonly isPressed: boolean;
  /** How far giving it has come; null where it was given before. */
  readonly change: Change | null;
  readonly give: () => void;
}

function LabelButton({ title, keyName, taken, tip, remark, isPressed, change, give }: ButtonParts) {
  const isFree = keyName !== null && taken === null;
  const isFailed = change?.state === 'failed';
  const words = isFailed ? `${title}, not saved: ${change.message} Press again to try again.` : `${title}: ${tip}`;
  return (
    <button
      type="button"
      class="label-button"
      aria-pressed={isPressed}
      aria-keyshortcuts={isFree ? keyName : undefined}
      title={[isFree ? `${words} (${keyName})` : words, taken].filter((part) => part !== null).join(' ')}
      onClick={give}
    >
      {isFree ? <kbd aria-hidden="true">{keyName}</kbd> : <span class="no-key" />}
      <span class="title" dir="auto">
        {title}
        {remark !== undefined && <span class="muted"> {remark}</span>}
      </span>
      {(isPressed || change !== null) && (
        <span class={isFailed ? 'badge failed' : 'badge'} aria-hidden="true">
          {isPressed && !isFailed && <Icon name="check" />}
          {change !== null && STATES[change.state]}
        </span>
      )}
    </button>
  );
}

/** A label by its title; one that the scheme does not know by its id, with a remark. */
export function LabelName({ id, labels }: { readonly id: string; readonly labels: readonly SchemeLabel[] }) {
  const label = labels.find((each) => each.id === id);
  if (label !== undefined) return <strong dir="auto">{label.title}</strong>;
  return (
    <>
      <strong>{id}</strong> <span class="muted">not in the scheme any more</span>
    </>
  );
}
