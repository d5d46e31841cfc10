import type { ComponentChildren } from 'preact';
import type { StaleMarks } from '../../../protocol/annotations.js';
import { Icon } from '../../shared/icon.js';
import { useTools } from '../context.js';
import { LabelName } from './labels.js';
import type { Annotations } from './useAnnotations.js';

/** What is wrong, what is not saved, what is held back, and what counts no more. */
export function Notices({ annotations }: { readonly annotations: Annotations }) {
  const { annotating, shown } = annotations;
  return (
    <>
      {annotating.problem !== null && (
        <Notice icon="error" isProblem>
          {annotating.problem}
        </Notice>
      )}
      <Failed annotations={annotations} />
      <Unsaved count={annotating.unsaved} />
      {shown.hidden && (
        <p class="held-back">
          <Icon name="eye-closed" /> What others say and the automatic class are hidden until this item has a label of
          your own.
        </p>
      )}
      {shown.stale.map((stale) => (
        <Stale key={stale.event} stale={stale} annotations={annotations} />
      ))}
    </>
  );
}

interface NoticeParts {
  readonly icon: string;
  readonly isProblem?: boolean;
  readonly children: ComponentChildren;
}

function Notice({ icon, isProblem = false, children }: NoticeParts) {
  return (
    <div class={isProblem ? 'notice problem' : 'notice'} role={isProblem ? 'alert' : undefined}>
      <Icon name={icon} />
      <span class="words">{children}</span>
    </div>
  );
}

/** What could not be saved, of this item and of those before; each reason once. */
function Failed({ annotations: { changes, name } }: { readonly annotations: Annotations }) {
  const failed = changes.filter(({ state }) => state === 'failed');
  const reasons = [...new Set(failed.map(({ message }) => message ?? ''))];
  return (
    <>
      {reasons.map((reason) => {
        const items = new Set(failed.filter(({ message }) => message === reason).map((each) => each.item));
        const isHere = failed.every((each) => each.message !== reason || each.name === name);
        return (
          <Notice key={reason} icon="error" isProblem>
            {isHere ? '' : `Item ${[...items].join(', ')}: `}
            {/^not saved/i.test(reason) ? reason : `Not saved: ${reason}`}
          </Notice>
        );
      })}
    </>
  );
}

function Unsaved({ count }: { readonly count: number }) {
  const { host, run } = useTools();
  if (count === 0) return null;
  return (
    <Notice icon="warning">
      {count.toLocaleString('en')} {count === 1 ? 'change is' : 'changes are'} not saved, and only kept while this
      window is open.{' '}
      <button type="button" class="link" onClick={() => run(host.request('keepUnsaved', null))}>
        Keep {count === 1 ? 'it' : 'them'} as a file…
      </button>
    </Notice>
  );
}

function Stale({ stale, annotations }: { readonly stale: StaleMarks; readonly annotations: Annotations }) {
  const { label, note } = stale.marks;
  const { labels } = annotations.annotating.scheme;
  return (
    <Notice icon="history">
      The {stale.changed === 'text' ? 'question' : 'image'} has changed since: {stale.by} had said{' '}
      {typeof label === 'string' ? <LabelName id={label} labels={labels} /> : 'something without a label'}
      {typeof note === 'string' && (
        <>
          {' '}
          (“<span dir="auto">{note}</span>”)
        </>
      )}
      . It does not count until somebody says it again.
    </Notice>
  );
}
