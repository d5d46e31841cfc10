import type { ItemView } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { useTools } from './context.js';
import { showCandidates } from './notices.js';
import type { Failed } from './pictures.js';

const TITLES: Readonly<Record<Failed['reason'], string>> = {
  missing: 'Image not found',
  ambiguous: 'Image ambiguous',
  corrupt: 'Image cannot be read',
  'too large': 'Image too large',
  remote: 'Image lies on the network',
  none: 'No image',
  failed: 'Image could not be loaded',
};

/** Reasons that knowing the right folder mends, and those where the file itself is there to be looked at. */
const LOCATABLE: ReadonlySet<string> = new Set(['missing', 'remote', 'corrupt']);
const PRESENT: ReadonlySet<string> = new Set(['corrupt', 'too large']);

interface Parts {
  readonly item: ItemView;
  readonly index: number;
  readonly failure: Failed;
}

/** In a picture's place: why it is not there, what was tried, and what to do about it. */
export function Missing({ item, index, failure }: Parts) {
  const stated = failure.reason === 'failed' ? (item.record.images[index] ?? '') : failure.stated;
  const tried = failure.reason === 'failed' ? [] : failure.tried;
  return (
    <div class="missing" role="status">
      <p class="title">
        <Icon name={failure.reason === 'none' ? 'file-media' : 'warning'} /> {TITLES[failure.reason]}
      </p>
      <p>{failure.message}</p>
      {stated !== '' && !failure.message.includes(stated) && (
        <p class="path" title={stated}>
          {stated}
        </p>
      )}
      {tried.length > 0 && (
        <details>
          <summary>
            {tried.length} {tried.length === 1 ? 'place' : 'places'} tried
          </summary>
          <ul class="paths">
            {tried.map((path) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </details>
      )}
      <Actions item={item} index={index} failure={failure} stated={stated} />
    </div>
  );
}

function Actions({ item, index, failure, stated }: Parts & { readonly stated: string }) {
  const { host, retry, run } = useTools();
  const { key } = item;
  return (
    <div class="actions">
      {failure.reason === 'failed' && (
        <button type="button" class="action" onClick={retry}>
          Try again
        </button>
      )}
      {failure.reason === 'ambiguous' && item.imageCandidates.length > 0 && (
        <button type="button" class="action" onClick={showCandidates}>
          Show candidates
        </button>
      )}
      {LOCATABLE.has(failure.reason) && (
        <button
          type="button"
          class={PRESENT.has(failure.reason) ? 'action secondary' : 'action'}
          onClick={() => run(host.request('locate', { key, index, stated }))}
        >
          Locate images…
        </button>
      )}
      {PRESENT.has(failure.reason) && (
        <button type="button" class="action" onClick={() => run(host.request('openImage', { key, index }))}>
          Open image
        </button>
      )}
    </div>
  );
}
