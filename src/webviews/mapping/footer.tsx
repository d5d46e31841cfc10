import type { MappingState } from '../../protocol/mappingPage.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import type { useActions } from './useMapping.js';

interface Parts {
  readonly state: MappingState;
  readonly actions: ReturnType<typeof useActions>;
  /** The mapping as it is now can be used. */
  readonly isPossible: boolean;
}

/** What can be done with the mapping, where it goes, and what became of it. */
export function Footer({ state, actions, isPossible }: Parts) {
  const { isBusy, accept, openJson, cancel } = actions;
  const isOff = isBusy || !isPossible;
  return (
    <footer>
      <Said state={state} actions={actions} />
      <div class="buttons">
        <vscode-button appearance="secondary" onClick={cancel}>
          {actions.accepted === null ? 'Cancel' : 'Close'}
        </vscode-button>
        <vscode-button appearance="secondary" disabled={isOff} onClick={openJson}>
          Open as JSON
        </vscode-button>
        <vscode-button disabled={isOff} onClick={accept}>
          Accept
        </vscode-button>
      </div>
    </footer>
  );
}

function Said({ state, actions }: Pick<Parts, 'state' | 'actions'>) {
  const { accepted, problem, isBusy } = actions;
  if (problem !== null) {
    return (
      <p class="said" role="alert">
        <Icon name="error" /> <Visible text={problem} />
      </p>
    );
  }
  if (accepted !== null) {
    return (
      <p class="said" role="status">
        <Icon name={accepted.isRead ? 'pass' : 'warning'} /> <Visible text={accepted.message} /> Written to{' '}
        <bdi>{accepted.file}</bdi>.
      </p>
    );
  }
  return (
    <p class="said muted" role="status">
      {isBusy ? (
        'One moment…'
      ) : state.target === null ? (
        'Accept asks where the mapping is to be kept.'
      ) : (
        <>
          Accept writes <bdi>{state.target}</bdi>
        </>
      )}
    </p>
  );
}
