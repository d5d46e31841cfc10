import { useCallback, useMemo, useState } from 'preact/hooks';
import type { BackendKind, FoundModel, ModelsState } from '../../protocol/modelsPage.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import type { Actions } from './actions.js';
import { moveBetweenCards } from './cardKeys.js';
import type { ModelsConnection } from './kept.js';
import { ModelCard } from './modelCard.js';
import { Servers } from './servers.js';
import { useModels, useTrials, wordsOf, type Trials } from './useModels.js';
import { KINDS, loadedWords, runningWords } from './words.js';

/** The models that can be found: what each can do once it is tried, and what is loaded. */
export function App({ connection }: { readonly connection: ModelsConnection }) {
  const { host } = connection;
  const { state, looking, failure, find } = useModels(connection);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const trials = useTrials(connection, state?.revision ?? 0, setSaid);
  const fail = useCallback((error: unknown) => setProblem(wordsOf(error)), []);
  const actions = useMemo<Actions>(
    () => ({
      copy: (text, what) => void host.request('copy', { text }).then(() => setSaid(`Copied ${what}.`), fail),
      useByDefault: (model) =>
        void host.request('useByDefault', { model }).then((why) => {
          setProblem(why);
          if (why === null) setSaid(model === null ? 'No model is used by default.' : `${model} is used by default.`);
        }, fail),
      setKey: (where) => void host.request('setKey', { where }).catch(fail),
      settings: () => void host.request('settings', { about: 'models' }).catch(fail),
      command: (command) => void host.request('command', { command }).catch(fail),
    }),
    [host, fail],
  );
  const models = state?.models ?? null;
  return (
    <main class="models" aria-busy={looking} onKeyDown={moveBetweenCards}>
      <Header state={state} looking={looking} find={find} actions={actions} />
      <p class="sr-only" role="status">
        {said}
      </p>
      {problem !== null && <Problem words={problem} dismiss={() => setProblem(null)} />}
      {failure !== null && <Failed words={failure} again={find} looking={looking} actions={actions} />}
      {state !== null && failure === null && <Warnings state={state} find={find} actions={actions} />}
      {models === null && failure === null && (
        <p class="waiting" role="status">
          Looking for models …
        </p>
      )}
      {state !== null && models !== null && (
        <Sections state={state} models={models} trials={trials} actions={actions} />
      )}
    </main>
  );
}

interface HeaderParts {
  readonly state: ModelsState | null;
  readonly looking: boolean;
  readonly find: () => void;
  readonly actions: Actions;
}

function Header({ state, looking, find, actions }: HeaderParts) {
  return (
    <header class="top">
      <h1>Models</h1>
      <div class="tools">
        <button type="button" aria-disabled={looking} onClick={() => !looking && find()}>
          <Icon name={looking ? 'loading codicon-modifier-spin' : 'refresh'} /> Refresh
        </button>
        <button type="button" onClick={actions.settings}>
          <Icon name="settings-gear" /> Settings
        </button>
      </div>
      {state !== null && <Doing state={state} />}
    </header>
  );
}

/** What is loaded, and what runs. */
function Doing({ state: { status } }: { readonly state: ModelsState }) {
  const running = runningWords(status);
  return (
    <div class="doing">
      <p>
        <Icon name="chip" />
        <span>
          {status.loaded.length === 0 ? (
            'Nothing is loaded.'
          ) : (
            <>
              Loaded: <Visible text={status.loaded.map(loadedWords).join('; ')} />
            </>
          )}
        </span>
      </p>
      {running !== null && (
        <p>
          <Icon name="sync codicon-modifier-spin" />
          <span>
            <Visible text={running} />
          </span>
        </p>
      )}
    </div>
  );
}

function Problem({ words, dismiss }: { readonly words: string; readonly dismiss: () => void }) {
  return (
    <p class="notice problem" role="alert">
      <Icon name="warning" />
      <span>
        <Visible text={words} />
      </span>
      <button type="button" onClick={dismiss}>
        Dismiss
      </button>
    </p>
  );
}

interface FailedParts {
  readonly words: string;
  readonly again: () => void;
  readonly looking: boolean;
  readonly actions: Actions;
}

/** Models could not be looked for: why, and what to do. */
function Failed({ words, again, looking, actions }: FailedParts) {
  return (
    <div class="notice failed" role="alert">
      <Icon name="error" />
      <span>
        Models cannot be looked for. <Visible text={words} />
      </span>
      <button type="button" class="primary" aria-disabled={looking} onClick={() => !looking && again()}>
        Try again
      </button>
      <button type="button" onClick={() => actions.command('flipside.showLog')}>
        Show log
      </button>
    </div>
  );
}

interface WarningParts {
  readonly state: ModelsState;
  readonly find: () => void;
  readonly actions: Actions;
}

/** What keeps models from being found or used, while others are. */
function Warnings({ state: { isTrusted, status, usual, models }, find, actions }: WarningParts) {
  return (
    <>
      {!isTrusted && (
        <p class="notice">
          <Icon name="shield" />
          <span>This workspace is not trusted, so only your own settings say where models are.</span>
          <button type="button" onClick={() => actions.command('workbench.trust.manage')}>
            Manage trust
          </button>
        </p>
      )}
      {status.ended !== undefined && (
        <p class="notice problem" role="alert">
          <Icon name="error" />
          <span>
            <Visible text={status.ended} />
          </span>
          <button type="button" onClick={find}>
            Try again
          </button>
          <button type="button" onClick={() => actions.command('flipside.showLog')}>
            Show log
          </button>
        </p>
      )}
      {usual !== null && usual.id === null && models !== null && (
        <p class="notice problem">
          <Icon name="warning" />
          <span>
            The setting flipside.models.default says “<Visible text={usual.setting} />
            ”, which is none of these models, or may be several. Use one of them by default, or correct it.
          </span>
          <button type="button" onClick={actions.settings}>
            Settings
          </button>
        </p>
      )}
    </>
  );
}

interface SectionsParts {
  readonly state: ModelsState;
  readonly models: readonly FoundModel[];
  readonly trials: Trials;
  readonly actions: Actions;
}

function Sections({ state, models, trials, actions }: SectionsParts) {
  return (
    <>
      {(Object.keys(KINDS) as BackendKind[]).map((kind) => {
        const own = models.filter((model) => model.kind === kind);
        const { title, about, nothing, isSet } = KINDS[kind];
        return (
          <section key={kind} aria-labelledby={`kind-${kind}`}>
            <h2 id={`kind-${kind}`}>{title}</h2>
            <p class="about">{about}</p>
            {kind === 'openai' && <Servers servers={state.servers} setKey={actions.setKey} />}
            {own.length === 0 && (
              <p class="nothing">
                <span>{nothing}</span>
                {isSet && (
                  <button type="button" aria-label={`Open settings: ${title}`} onClick={actions.settings}>
                    Open settings
                  </button>
                )}
              </p>
            )}
            <div class="cards">
              {own.map((model) => (
                <ModelCard key={model.id} model={model} state={state} trials={trials} actions={actions} />
              ))}
            </div>
          </section>
        );
      })}
    </>
  );
}
