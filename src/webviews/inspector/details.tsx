import { useState } from 'preact/hooks';
import type { Json } from '../../core/model.js';
import type { ItemView } from '../../protocol/rows.js';
import { Icon, Key } from '../shared/icon.js';
import { titled } from '../shared/keys.js';
import { COMMANDS } from './commands.js';
import { useTools } from './context.js';
import { Visible } from '../shared/visible.js';

/** Where the item comes from: the row of its file and its image, which open there. */
export function Source({ item, index }: { readonly item: ItemView; readonly index: number }) {
  const { host, keys, run } = useTools();
  const { file, row } = item.source;
  const image = item.record.images[index];
  return (
    <section aria-labelledby="source-heading">
      <h2 id="source-heading">Source</h2>
      <button
        type="button"
        class="link source"
        title={titled(`Open row ${row} of ${file}`, COMMANDS.openSource, keys)}
        onClick={() => run(host.request('openSource', { key: item.key }))}
      >
        <Icon name="go-to-file" />
        <span>
          {shortPath(file)}, row {row}
        </span>
        <Key of={COMMANDS.openSource} keys={keys} />
      </button>
      {image !== undefined && image !== '' && (
        <button
          type="button"
          class="link source"
          title={`Open image ${image}`}
          onClick={() => run(host.request('openImage', { key: item.key, index }))}
        >
          <Icon name="file-media" />
          <span>
            <span class="hidden-text">Open image </span>
            {image}
            {item.record.images.length > 1 && ` (${index + 1} of ${item.record.images.length})`}
          </span>
        </button>
      )}
    </section>
  );
}

/** The last folders of a path: enough to tell files apart; the title has all of it. */
function shortPath(path: string): string {
  const parts = path.split(/[\\/]/);
  return parts.length <= 3 ? path : `…/${parts.slice(-3).join('/')}`;
}

/** What the item is, as Flipside understands it. */
export function Details({ item }: { readonly item: ItemView }) {
  const { record } = item;
  const rows: readonly (readonly [string, Json])[] = [
    ...itemRows(item),
    ['task', record.task],
    ['relation', record.relation],
    ['family', record.family],
    ['gold direction', record.goldDirection],
    ['predicted direction', record.predictedDirection],
    ['angle', record.angle === null ? null : `${record.angle}° clockwise from gold`],
    ['depth convention', record.convention === 'unstated' ? null : record.convention.replaceAll('-', ' ')],
    ['contact', record.contact ? true : null],
    ['the file’s verdict', record.storedCorrect === null ? null : record.storedCorrect ? 'correct' : 'wrong'],
  ];
  return (
    <section aria-labelledby="details-heading">
      <h2 id="details-heading">Item</h2>
      <Pairs rows={rows.filter(([, value]) => value !== null)} />
    </section>
  );
}

/** The item's name; where it is the number of its row, also what the row states as its id. */
function itemRows({ record, statedId }: ItemView): readonly (readonly [string, Json])[] {
  if (statedId === null) return [['item', record.item]];
  return [
    ['item', `${record.item} (the number of its row)`],
    ['id in the file', statedId],
  ];
}

/** Everything else that the record holds. */
export function Metadata({ item }: { readonly item: ItemView }) {
  const rows = Object.entries(item.record.meta);
  return (
    <section aria-labelledby="metadata-heading">
      <h2 id="metadata-heading">
        Metadata{' '}
        <span class="muted">
          {rows.length === 0 ? '' : `${rows.length} further ${rows.length === 1 ? 'field' : 'fields'} of the row`}
        </span>
      </h2>
      {rows.length === 0 ? <p class="muted">The row holds no further fields.</p> : <Pairs rows={rows} />}
    </section>
  );
}

function Pairs({ rows }: { readonly rows: readonly (readonly [string, Json])[] }) {
  return (
    <table class="pairs">
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row" title={name}>
              {name === '' ? '(no name)' : name}
            </th>
            <td>
              <Value value={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Values beyond this are folded, to this. */
const LONG = 400;
const FOLDED = 240;

function Value({ value }: { readonly value: Json }) {
  if (value === null) return <span class="muted">null</span>;
  if (typeof value === 'string') return value === '' ? <span class="muted">(empty)</span> : <Long text={value} />;
  if (typeof value === 'object') {
    const flat = JSON.stringify(value);
    return flat.length <= 60 ? <code>{flat}</code> : <Long text={JSON.stringify(value, null, 2)} code />;
  }
  return <code>{String(value)}</code>;
}

function Long({ text, code }: { readonly text: string; readonly code?: boolean }) {
  const [all, setAll] = useState(false);
  const long = text.length > LONG;
  const shown = long && !all ? Array.from(text.slice(0, FOLDED)).slice(0, -1).join('') + ' …' : text;
  return (
    <>
      <span class={code === true ? 'value code' : 'value'} dir={code === true ? 'ltr' : 'auto'}>
        <Visible text={shown} />
      </span>
      {long && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
        </button>
      )}
    </>
  );
}
