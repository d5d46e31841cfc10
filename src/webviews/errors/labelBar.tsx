import { Icon, Key } from '../shared/icon.js';
import { titled } from '../shared/keys.js';
import type { ErrorBrowser } from './browser.js';
import { NEXT_UNLABELLED } from './commands.js';
import { count } from './numbers.js';
import { useTopics } from './topic.js';

const UNDO = /Mac/.test(navigator.userAgent) ? '⌘Z' : 'Ctrl+Z';
const REDO = /Mac/.test(navigator.userAgent) ? '⇧⌘Z' : 'Ctrl+Shift+Z';

/** How far one is, whether the last label is saved, and the labels with their keys: what does not fit below goes last. */
export function LabelBar({ browser }: { readonly browser: ErrorBrowser }) {
  useTopics(browser.head);
  const { labelling } = browser;
  const { annotating } = labelling;
  if (!browser.keeper.labelsOpen || annotating.scheme.labels.length === 0) return null;
  return (
    <div class="labels" role="group" aria-label="Labels">
      <div class="label-state">
        <Progress browser={browser} />
        <Saved browser={browser} />
        <button
          type="button"
          class="plain"
          title={titled('Next row without a label', NEXT_UNLABELLED, browser.start?.keys)}
          onClick={() => labelling.nextUnlabelled()}
        >
          <Key of={NEXT_UNLABELLED} keys={browser.start?.keys ?? {}} /> next unlabelled
        </button>
        <Undo
          label={`Undo (${UNDO})`}
          icon="discard"
          disabled={!annotating.canUndo}
          undo={() => labelling.undo(false)}
        />
        <Undo label={`Redo (${REDO})`} icon="redo" disabled={!annotating.canRedo} undo={() => labelling.undo(true)} />
        {annotating.blind && (
          <span class="muted" title="Others' labels and the class are held back until a row has a label of yours">
            <Icon name="eye-closed" /> blind
          </span>
        )}
      </div>
      <Problems browser={browser} />
      <div class="label-keys">
        {annotating.scheme.labels.map((label) => (
          <button
            key={label.id}
            type="button"
            class="plain"
            title={label.key === null ? label.title : `${label.title} (${label.key})`}
            onClick={() => void labelling.give(label)}
          >
            {label.key !== null && <kbd>{label.key}</kbd>}
            <span class="label">{label.title}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

/** What is wrong in the files of annotations, and what lies in none. */
function Problems({ browser }: { readonly browser: ErrorBrowser }) {
  const { annotating } = browser.labelling;
  return (
    <>
      {annotating.problem !== null && (
        <p class="notice" role="status">
          <Icon name="warning" />
          <span class="word">{annotating.problem}</span>
        </p>
      )}
      {annotating.unsaved > 0 && (
        <p class="notice" role="alert">
          <Icon name="error" />
          <span class="word">
            {annotating.unsaved === 1 ? '1 change is' : `${count(annotating.unsaved)} changes are`} not saved.
          </span>
          <button type="button" class="plain" onClick={() => browser.command('flipside.keepUnsavedAnnotations')}>
            Keep as a file…
          </button>
        </p>
      )}
    </>
  );
}

function Progress({ browser }: { readonly browser: ErrorBrowser }) {
  const { progress } = browser.labelling.annotating;
  if (progress === null) return null;
  return (
    <span class="progress-of-labels">
      {count(progress.labelled)} of {count(progress.of)} labelled
      <progress value={progress.labelled} max={Math.max(1, progress.of)} aria-hidden="true" />
    </span>
  );
}

function Undo({ label, icon, disabled, undo }: { label: string; icon: string; disabled: boolean; undo: () => void }) {
  return (
    <button
      type="button"
      class="plain"
      title={label}
      aria-label={label}
      aria-disabled={disabled}
      onClick={() => disabled || undo()}
    >
      <Icon name={icon} />
    </button>
  );
}

/** What became of the last label. Nothing is called saved before it is on the disk. */
function Saved({ browser }: { readonly browser: ErrorBrowser }) {
  const { saving, said } = browser.labelling;
  return (
    <span class={`saved${saving === 'not saved' ? ' failed' : ''}`} role="status" title={said}>
      {saving === 'saving' && 'saving …'}
      {saving === 'saved' && (
        <>
          <Icon name="check" /> saved <span class="said">{said}</span>
        </>
      )}
      {saving === 'not saved' && (
        <>
          <Icon name="error" /> not saved <span class="said">{said}</span>
        </>
      )}
    </span>
  );
}
