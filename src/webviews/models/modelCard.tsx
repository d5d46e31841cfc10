import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { FoundModel, InferenceStatus, ModelsState } from '../../protocol/modelsPage.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import type { Actions } from './actions.js';
import { Details } from './details.js';
import type { Trials } from './useModels.js';
import { runningWords, sizeOf } from './words.js';

interface Parts {
  readonly model: FoundModel;
  readonly state: ModelsState;
  readonly trials: Trials;
  readonly actions: Actions;
}

/** A model: where it is, what can be done with it, and what it said when it was tried. */
export function ModelCard({ model, state, trials, actions }: Parts) {
  const { id, name, missing } = model;
  const { status, usual } = state;
  const tried = trials.done.get(id) ?? null;
  const loaded = status.loaded.find((each) => each.id === id) ?? null;
  const info = tried === null ? loaded : tried.info;
  const failure = tried?.failure ?? null;
  const isRunning = trials.running.has(id);
  const isUsual = usual?.id === id;
  return (
    <article class="card" aria-label={name} aria-busy={isRunning}>
      <Heading model={model} tags={[...(loaded === null ? [] : ['loaded']), ...(isUsual ? ['default'] : [])]} />
      {missing !== null && (
        <p class="said problem">
          <Icon name="warning" />
          <span>
            Cannot be loaded. <Visible text={missing} />
          </span>
        </p>
      )}
      <div class="tools">
        {missing === null && <Try model={model} trials={trials} again={info !== null || tried !== null} />}
        {(missing === null || isUsual) && <UseByDefault model={model} isUsual={isUsual} actions={actions} />}
        <button
          type="button"
          data-does="copy"
          aria-label={`Copy id: ${id}`}
          title="As settings and commands name the model"
          onClick={() => actions.copy(id, `the id ${id}`)}
        >
          Copy id
        </button>
      </div>
      {isRunning && <Progress id={id} status={status} />}
      {!isRunning && failure !== null && (
        <p class="said failed">
          <Icon name="error" />
          <span>
            <Visible text={failure} />
          </span>
        </p>
      )}
      {!isRunning && info !== null && <Details info={info} copy={actions.copy} />}
    </article>
  );
}

function Heading({ model, tags }: { readonly model: FoundModel; readonly tags: readonly string[] }) {
  const { id, name, where, bytes } = model;
  return (
    <>
      <header>
        <h3>
          <bdi>
            <Visible text={name} />
          </bdi>
        </h3>
        {tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </header>
      <p class="place">
        <code>
          <Visible text={id} />
        </code>
        <span class="muted where">
          <bdi>
            <Visible text={where} />
          </bdi>
          {bytes !== null && `, ${sizeOf(bytes)}`}
        </span>
      </p>
    </>
  );
}

interface TryParts extends Pick<Parts, 'model' | 'trials'> {
  /** It was tried before, or is loaded. */
  readonly again: boolean;
}

function Try({ model: { id, name }, trials, again }: TryParts) {
  const begin = useRef<HTMLButtonElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const isRunning = trials.running.has(id);
  useFocusBack(isRunning, begin, cancel);
  return (
    <>
      <button
        ref={begin}
        type="button"
        data-does="try"
        class={again ? undefined : 'primary'}
        aria-label={`${again ? 'Try again' : 'Try'}: ${name}`}
        aria-disabled={isRunning}
        title="Loads the model, and finds out what it can do"
        onClick={() => !isRunning && trials.start(id)}
      >
        {again ? 'Try again' : 'Try'}
      </button>
      {isRunning && (
        <button
          ref={cancel}
          type="button"
          data-does="cancel"
          aria-label={`Cancel: ${name}`}
          onClick={() => trials.cancel(id)}
        >
          Cancel
        </button>
      )}
    </>
  );
}

interface DefaultParts extends Pick<Parts, 'model' | 'actions'> {
  readonly isUsual: boolean;
}

function UseByDefault({ model: { id, name }, isUsual, actions }: DefaultParts) {
  const words = isUsual ? 'Stop using by default' : 'Use by default';
  return (
    <button
      type="button"
      data-does="default"
      aria-label={`${words}: ${name}`}
      title="For items of runs that have no model of their own here"
      onClick={() => actions.useByDefault(isUsual ? null : id)}
    >
      {words}
    </button>
  );
}

/** When the button to cancel goes while it has the focus, the button that began has it again. */
function useFocusBack(
  isRunning: boolean,
  begin: RefObject<HTMLButtonElement | null>,
  cancel: RefObject<HTMLButtonElement | null>,
): void {
  const had = useRef(false);
  // While it still stands: afterwards nothing has the focus.
  had.current = cancel.current !== null && document.activeElement === cancel.current;
  useEffect(() => {
    if (!isRunning && had.current) begin.current?.focus();
  }, [isRunning, begin]);
}

/** What the model waits for, or that it is being loaded: how far, no runtime tells. */
function Progress({ id, status }: { readonly id: string; readonly status: InferenceStatus }) {
  const isWaiting = status.running !== null && status.running !== `load ${id}`;
  return (
    <p class="said loading">
      <progress aria-label="Loading" />
      <span>
        {isWaiting ? (
          <>
            Waiting. First: <Visible text={runningWords({ ...status, waiting: 0 }) ?? ''} />
          </>
        ) : (
          'Loading, and trying what it can do …'
        )}
      </span>
    </p>
  );
}
