import type { Emptiness } from '../../protocol/errorsPage.js';
import { Icon } from '../shared/icon.js';
import type { ErrorBrowser } from './browser.js';
import { WaitingRows } from './chips.js';
import { count } from './numbers.js';
import { everything, isPlain } from './queries.js';
import type { Problem } from './sliceView.js';
import { Skeleton } from './skeleton.js';

interface Way {
  readonly icon: string;
  readonly text: string;
  readonly button: string;
  readonly command: string;
  /** What settings decide may be the reason. */
  readonly isSettled?: boolean;
}

const WAYS: Readonly<Record<Exclude<Emptiness, 'indexing'>, Way>> = {
  'no folder': {
    icon: 'folder-opened',
    text: 'Open the folder that holds your predictions to see what went wrong in them.',
    button: 'Open Folder',
    command: 'vscode.openFolder',
  },
  restricted: {
    icon: 'shield',
    text: 'This workspace is not trusted, so its files are not read.',
    button: 'Manage Workspace Trust',
    command: 'workbench.trust.manage',
  },
  'nothing found': {
    icon: 'search',
    text: 'No predictions were found in this workspace.',
    button: 'Choose files…',
    command: 'flipside.analyse',
    isSettled: true,
  },
  failed: {
    icon: 'error',
    text: 'The errors could not be listed.',
    button: 'Show log',
    command: 'flipside.showLog',
    isSettled: true,
  },
};

/** One icon, what is the matter, what to do, one button. */
function Card({ icon, text, children }: { icon: string; text: string; children: preact.ComponentChildren }) {
  return (
    <div class="card">
      <Icon name={icon} />
      <p role="status">{text}</p>
      {children}
    </div>
  );
}

interface EmptyProps {
  readonly browser: ErrorBrowser;
  readonly of: Emptiness;
  readonly message: string | null;
}

/** In the place of everything, where there is nothing to browse. */
export function Empty({ browser, of, message }: EmptyProps) {
  if (of === 'indexing') {
    return (
      <main class="errors">
        <p class="indexing" role="status">
          {message ?? 'Reading predictions…'}
        </p>
        <Skeleton />
      </main>
    );
  }
  const way = WAYS[of];
  return (
    <main class="errors">
      <Card icon={way.icon} text={way.text}>
        {message !== null && <p class="muted detail">{message}</p>}
        <vscode-button onClick={() => browser.command(way.command)}>{way.button}</vscode-button>
        {way.isSettled === true && (
          <button type="button" class="link" onClick={() => browser.command('flipside.openSettings')}>
            Settings
          </button>
        )}
      </Card>
    </main>
  );
}

/** Before the extension has answered for the first time. */
export function Starting() {
  return (
    <main class="errors" aria-busy="true">
      <header aria-hidden="true">
        <div class="above">
          <div class="search starting" />
          <WaitingRows />
        </div>
        <div class="above">
          <div class="tools starting" />
        </div>
      </header>
      <Skeleton />
    </main>
  );
}

/** In the place of the list, where asking for it failed. */
export function Failure({ browser, problem }: { readonly browser: ErrorBrowser; readonly problem: Problem }) {
  return (
    <Card icon="error" text={problem.message}>
      <vscode-button onClick={() => browser.retry()}>Try again</vscode-button>
      {problem.defect && (
        <button type="button" class="link" onClick={() => browser.command('flipside.showLog')}>
          Show log
        </button>
      )}
    </Card>
  );
}

/** In the place of the list, where no row is as the query says. */
export function NoRows({ browser }: { readonly browser: ErrorBrowser }) {
  const of = count(browser.view?.info.of ?? 0);
  if (isPlain(browser.query)) {
    return (
      <Card icon="pass" text={`No errors among ${of} rows.`}>
        <vscode-button onClick={() => browser.ask(everything(browser.query))}>Show all rows</vscode-button>
      </Card>
    );
  }
  return (
    <Card icon="search" text={noRunOf(browser) ?? `None of ${of} rows matches these filters.`}>
      <vscode-button onClick={() => browser.clear()}>Clear filters</vscode-button>
    </Card>
  );
}

/** Where none of the runs that are filtered by is open: that; else null. */
function noRunOf({ query, start }: ErrorBrowser): string | null {
  const wanted = query.facets['run'] ?? [];
  const [first] = wanted;
  if (first === undefined || start?.overview?.runs.some(({ id }) => wanted.includes(id)) === true) return null;
  if (wanted.length > 1) return `None of the ${wanted.length} runs of these filters is open.`;
  return `The run ${first} is not open: its file is not there any more, or lies elsewhere.`;
}
