import type { ModelServer } from '../../protocol/modelsPage.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';

interface Parts {
  readonly servers: readonly ModelServer[];
  readonly setKey: (where: string) => void;
}

/** The servers that the settings name, and whether a key is kept for each. */
export function Servers({ servers, setKey }: Parts) {
  if (servers.length === 0) return null;
  return (
    <ul class="servers" aria-label="Servers and their keys">
      {servers.map(({ name, where, hasKey }, index) => (
        <li key={index}>
          <span class="words">
            <Icon name="server" />{' '}
            <bdi>
              <Visible text={name} />
            </bdi>{' '}
            <span class="muted where">
              <bdi>
                <Visible text={where} />
              </bdi>
            </span>
          </span>
          <span class="key">
            <Icon name={hasKey ? 'key' : 'circle-slash'} /> {hasKey ? 'A key is kept' : 'No key is kept'}
          </span>
          <button type="button" aria-label={`Set API key of ${name}`} onClick={() => setKey(where)}>
            Set API key…
          </button>
        </li>
      ))}
    </ul>
  );
}
