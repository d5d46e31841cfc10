import type { ItemView } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
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
const LOCATABLE: ReadonlySet<string> = new Set(['missing', 'ambiguous', 'remote', 'corrupt']);
const PRESENT: ReadonlySet<string> = new Set(['corrupt', 'too large']);
/** Reasons that a setting decides: where images are looked for, whether they are fetched, how large they may be. */
const SETTLED: ReadonlySet<string> = new Set(['missing', 'remote', 'too large']);

interface Parts {
  readonly item: ItemView;
  readonly index: number;
  readonly failure: Failed;
}

/** Bytes in the data lie nowhere else, and the join's own doubt (nothing is stated) is about questions, not about places. */
function isLocatable(failure: Failed): boolean {
  if (failure.reason === 'failed' || !LOCATABLE.has(failure.reason)) return false;
  if (failure.reason === 'ambiguous') return failure.stated !== '';
  return failure.reason !== 'corrupt' || failure.file !== null || /^https?:/i.test(failure.stated);
}

function isPresent(failure: Failed): boolean {
  return failure.reason !== 'failed' && PRESENT.has(failure.reason) && failure.file !== null;
}

function summaryOf(failure: Failed, shown: number): string {
  if (failure.reason === 'ambiguous') return `${shown} candidates`;
  const places = failure.reason === 'failed' ? shown : (failure.places ?? shown);
  const tried = `${places} ${places === 1 ? 'place' : 'places'} tried`;
  return places > shown ? `${tried}, the first ${shown}` : tried;
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
      <p>
        <Visible text={failure.message} />
      </p>
      {stated !== '' && !failure.message.includes(stated) && (
        <p class="path" title={stated}>
          {stated}
        </p>
      )}
      {tried.length > 0 && (
        <details>
          <summary>{summaryOf(failure, tried.length)}</summary>
          <ul class="paths">
            {tried.map((path) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </details>
      )}
      <Actions item={item} index={index} failure={failure} />
    </div>
  );
}

function Actions({ item, index, failure }: Parts) {
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
      {isLocatable(failure) && (
        <button
          type="button"
          class={isPresent(failure) ? 'action secondary' : 'action'}
          onClick={() => run(host.request('locate', { key, index }))}
        >
          Locate images…
        </button>
      )}
      {isPresent(failure) && (
        <button type="button" class="action" onClick={() => run(host.request('openImage', { key, index }))}>
          Open image
        </button>
      )}
      {SETTLED.has(failure.reason) && (
        <button type="button" class="link" onClick={() => run(host.request('settings', { about: 'images' }))}>
          Settings of images
        </button>
      )}
    </div>
  );
}
