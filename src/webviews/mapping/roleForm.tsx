import { useMemo, useState } from 'preact/hooks';
import type { MappingDraft, MappingSubject } from '../../protocol/mapping.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import { ColumnPicker, type PickableColumn } from './columnPicker.js';
import { clashOf, rolesOfColumns, whyOf, withColumns } from './draft.js';
import { MAIN_GROUPS, MORE_GROUPS, type RoleGroup, type RoleWords } from './roles.js';
import { Settings } from './settings.js';

interface Parts {
  readonly subject: MappingSubject;
  readonly draft: MappingDraft;
  readonly edit: (draft: MappingDraft) => void;
  /** Takes back all that was edited; null where nothing was. */
  readonly reset: (() => void) | null;
}

/** Every role with its columns and why it has them, and what holds for the whole file. */
export function RoleForm({ subject, draft, edit, reset }: Parts) {
  const columns = useMemo<readonly PickableColumn[]>(() => {
    const roles = rolesOfColumns(draft.roles);
    return subject.columns.map(({ name, cells }) => ({
      name,
      example: cells.find((cell) => cell !== null && cell !== '') ?? '',
      roles: roles.get(name) ?? [],
    }));
  }, [subject, draft.roles]);
  const inMore = MORE_GROUPS.flatMap(({ roles }) => roles).filter(({ role }) => draft.roles[role] !== undefined);
  const [isOpen, setOpen] = useState(inMore.length > 0);
  const group = (each: RoleGroup) => (
    <Group key={each.title} group={each} subject={subject} draft={draft} columns={columns} edit={edit} />
  );
  return (
    <section class="pane roles" aria-label="Roles">
      <h2>
        What the columns are
        <button type="button" class="link" disabled={reset === null} onClick={() => reset?.()}>
          {subject.stated === null ? 'Back to what was inferred' : 'Back to the mapping file'}
        </button>
      </h2>
      {MAIN_GROUPS.map(group)}
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>More roles{inMore.length > 0 ? `: ${inMore.map(({ label }) => label).join(', ')}` : ''}</summary>
        {isOpen && MORE_GROUPS.map(group)}
      </details>
      <Settings draft={draft} edit={edit} />
    </section>
  );
}

interface GroupParts extends Pick<Parts, 'subject' | 'draft' | 'edit'> {
  readonly group: RoleGroup;
  readonly columns: readonly PickableColumn[];
}

function Group({ group, ...rest }: GroupParts) {
  return (
    <fieldset>
      <legend>{group.title}</legend>
      {group.roles.map((words) => (
        <RoleRow key={words.role} words={words} {...rest} />
      ))}
    </fieldset>
  );
}

function RoleRow({ words, subject, draft, edit, columns }: Omit<GroupParts, 'group'> & { readonly words: RoleWords }) {
  const { role, label, what, several = false } = words;
  const chosen = draft.roles[role] ?? [];
  const names = useMemo(() => new Set(columns.map(({ name }) => name)), [columns]);
  const absent = chosen.filter((name) => !names.has(name));
  const problem =
    clashOf(draft.roles, role) ??
    (absent.length > 0 ? `${absent.map((name) => `"${name}"`).join(', ')} is no column of the first rows.` : null);
  const note = `note-${role}`;
  return (
    <div class="role-row" id={`role-${role}`}>
      <label for={`pick-${role}`} title={what}>
        {label}
      </label>
      <ColumnPicker
        id={`pick-${role}`}
        label={label}
        describedBy={note}
        chosen={chosen}
        columns={columns}
        several={several}
        onChange={(next) => edit(withColumns(draft, role, next))}
      />
      <p class={problem === null ? 'note muted' : 'note problem'} id={note}>
        {problem !== null && <Icon name="error" />}
        <Visible text={problem ?? (chosen.length === 0 ? what : whyOf(subject, role, chosen))} />
      </p>
    </div>
  );
}
