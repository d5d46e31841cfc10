import { useMemo, useState } from 'preact/hooks';
import type { MappingDraft, MappingSubject } from '../../protocol/mapping.js';
import { Visible } from '../shared/visible.js';
import { rolesOfColumns } from './draft.js';

/** So many columns are drawn; more are found by their names. */
const MOST = 60;

interface Parts {
  readonly subject: MappingSubject;
  readonly draft: MappingDraft;
}

/** The first rows as they stand in the file, with the role of each column under its name. */
export function HeadTable({ subject, draft }: Parts) {
  const { columns, rows, isWhole } = subject;
  const [filter, setFilter] = useState('');
  const roles = useMemo(() => rolesOfColumns(draft.roles), [draft.roles]);
  const isWide = columns.length > MOST;
  const found = columns.filter(({ name }) => name.toLowerCase().includes(filter.trim().toLowerCase()));
  // Of many, those that have a role come first.
  const ordered = isWide ? [...found].sort((a, b) => Number(roles.has(b.name)) - Number(roles.has(a.name))) : found;
  const shown = ordered.slice(0, MOST);
  return (
    <section class="pane head" aria-label="The file as it is">
      <h2>
        The file{' '}
        <span class="muted">
          {rowsWords(rows, isWhole)}, {columnsWords(columns.length)}
        </span>
      </h2>
      {isWide && <Filter text={filter} set={setFilter} shown={shown.length} found={found.length} />}
      <div class="scroll" tabIndex={0} role="group" aria-label="First rows">
        <table>
          <thead>
            <tr>
              {shown.map(({ name }) => (
                <Heading key={name} name={name} roles={roles.get(name) ?? []} />
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: rows }, (_, row) => (
              <tr key={row}>
                {shown.map(({ name, cells }) => (
                  <Cell key={name} text={cells[row] ?? null} isUsed={roles.has(name)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface FilterParts {
  readonly text: string;
  readonly set: (text: string) => void;
  readonly shown: number;
  readonly found: number;
}

function Filter({ text, set, shown, found }: FilterParts) {
  return (
    <label class="filter">
      <span class="hidden-text">Show columns by name</span>
      <input
        type="text"
        placeholder="Show columns by name"
        value={text}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <span class="muted" role="status">
        {shown < found ? `${shown} of ${found.toLocaleString('en')}` : found}
      </span>
    </label>
  );
}

function rowsWords(rows: number, isWhole: boolean): string {
  if (rows === 0) return 'no rows';
  if (rows === 1) return isWhole ? 'its only row' : 'first row';
  return `${isWhole ? 'all' : 'first'} ${rows} rows`;
}

function columnsWords(count: number): string {
  return count === 1 ? '1 column' : `${count.toLocaleString('en')} columns`;
}

function Heading({ name, roles }: { readonly name: string; readonly roles: readonly string[] }) {
  return (
    <th scope="col" class={roles.length > 0 ? 'used' : undefined} title={name}>
      <span class="cell" dir="auto">
        <Visible text={name} />
      </span>
      <span class="role">{roles.join(', ') || '–'}</span>
    </th>
  );
}

function Cell({ text, isUsed }: { readonly text: string | null; readonly isUsed: boolean }) {
  return (
    <td class={isUsed ? 'used' : undefined} title={text ?? 'empty'}>
      <span class={text === null ? 'cell muted' : 'cell'} dir="auto">
        {text === null ? '–' : <Visible text={text.replace(/\s+/g, ' ')} />}
      </span>
    </td>
  );
}
