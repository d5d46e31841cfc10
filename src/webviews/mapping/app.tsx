import type { MappingDraft, MappingSubject } from '../../protocol/mapping.js';
import type { MappingState } from '../../protocol/mappingPage.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import { Footer } from './footer.js';
import { HeadTable } from './headTable.js';
import type { MappingConnection } from './kept.js';
import { Preview } from './preview.js';
import { RoleForm } from './roleForm.js';
import { useActions, usePreview, useSubject } from './useMapping.js';

export function App({ connection }: { readonly connection: MappingConnection }) {
  const { state, notice, failure, draft, edited, edit, start, dismiss } = useSubject(connection);
  const previewed = usePreview(connection, state, draft);
  const actions = useActions(connection, draft);
  const message = failure ?? (state?.subject === null ? state.message : null);
  if (message !== null) return <Empty message={message} again={start} close={actions.cancel} />;
  const subject = state?.subject ?? null;
  if (state === null || subject === null || draft === null) return <main class="mapping" aria-busy="true" />;
  return (
    <main class="mapping">
      <Header state={state} subject={subject} />
      {(notice ?? state.message) !== null && <Notice text={notice ?? state.message ?? ''} dismiss={dismiss} />}
      <div class="panes">
        <HeadTable subject={subject} draft={draft} />
        <RoleForm
          subject={subject}
          draft={draft}
          edit={edit}
          reset={edited === null || isSame(edited, subject.draft) ? null : () => edit(null)}
        />
        <Preview previewed={previewed} settings={actions.settings} />
      </div>
      <Footer state={state} actions={actions} isPossible={previewed.problem === null} />
    </main>
  );
}

function isSame(one: MappingDraft, other: MappingDraft): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Which file, and what is known of it already: each in words, with what it means for the mapping. */
function Header({ state, subject }: { readonly state: MappingState; readonly subject: MappingSubject }) {
  const { alreadyRead, stated, undecided } = subject;
  return (
    <header>
      <h1>
        Map the columns of <bdi>{nameOf(state.file)}</bdi>
      </h1>
      <p class="muted path" title={state.file}>
        <bdi>{state.shown}</bdi>
      </p>
      {stated !== null && (
        <p class="known">
          <Icon name={stated.problem === null ? 'info' : 'warning'} />
          <span>
            A mapping file holds for this file already, and accepting replaces it:{' '}
            <bdi>{state.target ?? stated.file}</bdi>. {stated.problem}
          </span>
        </p>
      )}
      {alreadyRead !== null && (
        <p class="known">
          <Icon name="info" />
          <span>{alreadyRead}</span>
        </p>
      )}
      {alreadyRead === null && undecided.length > 0 && (
        <p class="known">
          <Icon name="question" />
          <span>
            Could not be decided: <Visible text={undecided.join('; ')} />.
          </span>
        </p>
      )}
    </header>
  );
}

function nameOf(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}

function Notice({ text, dismiss }: { readonly text: string; readonly dismiss: () => void }) {
  return (
    <p class="notice" role="status">
      <Icon name="info" />
      <span>
        <Visible text={text} />
      </span>
      <button type="button" class="icon" aria-label="Dismiss" title="Dismiss" onClick={dismiss}>
        <Icon name="close" />
      </button>
    </p>
  );
}

interface EmptyParts {
  readonly message: string;
  readonly again: () => void;
  readonly close: () => void;
}

/** In place of the page: why the file cannot be mapped. */
function Empty({ message, again, close }: EmptyParts) {
  return (
    <main class="empty">
      <Icon name="symbol-field" />
      <p role="status">
        <Visible text={message} />
      </p>
      <div class="buttons">
        <vscode-button onClick={again}>Try again</vscode-button>
        <vscode-button appearance="secondary" onClick={close}>
          Close
        </vscode-button>
      </div>
    </main>
  );
}
