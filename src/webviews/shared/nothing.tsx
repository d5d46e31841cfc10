interface Parts {
  readonly state: { readonly emptiness: string | null; readonly message: string | null };
  readonly host: { readonly request: (name: 'command', params: { readonly command: string }) => Promise<unknown> };
}

const EMPTY: Readonly<Record<string, readonly [string, string, string]>> = {
  'no folder': ['No folder is open.', 'Open a Folder', 'vscode.openFolder'],
  restricted: ['Nothing is read in a folder that is not trusted.', 'Manage Trust', 'workbench.trust.manage'],
  'nothing found': ['No prediction files were found.', 'Choose Files', 'flipside.analyse'],
  failed: ['The predictions could not be read.', 'Show the Log', 'flipside.showLog'],
};

/** What a panel shows while nothing is open: why, and what to do. */
export function Nothing({ state, host }: Parts) {
  const [words, label, command] = EMPTY[state.emptiness ?? ''] ?? ['Reading predictions …', '', ''];
  return (
    <div class="waiting">
      <p>{words}</p>
      {state.message !== null && <p class="aside">{state.message}</p>}
      {command !== '' && (
        <button
          type="button"
          class="primary"
          onClick={() => void host.request('command', { command }).catch(() => undefined)}
        >
          {label}
        </button>
      )}
    </div>
  );
}
