import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';

export interface PickableColumn {
  readonly name: string;
  /** A value of it. */
  readonly example: string;
  /** What it is already, as roles are called. */
  readonly roles: readonly string[];
}

interface Parts {
  /** Of the text field. */
  readonly id: string;
  readonly label: string;
  readonly describedBy: string;
  readonly chosen: readonly string[];
  readonly columns: readonly PickableColumn[];
  /** What is picked is added, instead of taking the place of what was chosen. */
  readonly several: boolean;
  readonly onChange: (columns: readonly string[]) => void;
}

/** So many are offered; more are found by typing a part of the name. */
const MOST = 100;
/** Pixels that the list may need below the field. */
const LIST_HEIGHT = 240;

/** A field whose list is narrowed by typing: files may have thousands of columns. What is chosen stands before it. */
export function ColumnPicker(parts: Parts) {
  const { id, label, describedBy, chosen, several } = parts;
  const list = useList(parts);
  const { field, isOpen, at, shown } = list;
  const remove = (name: string): void => {
    parts.onChange(chosen.filter((each) => each !== name));
    // The button goes with what it removed.
    field.current?.focus();
  };
  return (
    <div class="picker">
      <div class="box">
        <Chosen label={label} chosen={chosen} remove={remove} />
        <input
          ref={field}
          id={id}
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          aria-label={chosen.length === 0 ? label : `${label}, now ${chosen.join(', ')}`}
          aria-describedby={describedBy}
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={isOpen && shown.length > 0 ? `${id}-${at}` : undefined}
          placeholder={chosen.length === 0 ? 'No column' : several ? 'Add another' : 'Change'}
          value={list.text}
          onInput={(event) => list.type(event.currentTarget.value)}
          onKeyDown={list.onKeyDown}
          onClick={list.open}
          onBlur={list.close}
        />
        <Icon name="chevron-down" />
      </div>
      {isOpen && <List id={id} label={label} list={list} />}
    </div>
  );
}

interface ChosenParts extends Pick<Parts, 'label' | 'chosen'> {
  readonly remove: (name: string) => void;
}

function Chosen({ label, chosen, remove }: ChosenParts) {
  return (
    <>
      {chosen.map((name) => (
        <span class="chosen" key={name} title={name}>
          <span class="word" dir="auto">
            <Visible text={name} />
          </span>
          <button type="button" aria-label={`Remove ${name} from ${label}`} title="Remove" onClick={() => remove(name)}>
            <Icon name="close" />
          </button>
        </span>
      ))}
    </>
  );
}

function useList({ chosen, columns, several, onChange }: Parts) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const wanted = text.trim().toLowerCase();
  const found = isOpen
    ? columns.filter(({ name }) => !chosen.includes(name) && name.toLowerCase().includes(wanted))
    : [];
  const shown = found.slice(0, MOST);
  const close = (): void => {
    setOpen(false);
    setText('');
    setAt(0);
  };
  const pick = (index: number): void => {
    const column = shown[index];
    if (column === undefined) return;
    onChange(several ? [...chosen, column.name] : [column.name]);
    close();
  };
  const type = (next: string): void => {
    setText(next);
    setAt(0);
    setOpen(true);
  };
  const step = (by: number): void => {
    if (isOpen) setAt(Math.max(0, Math.min(shown.length - 1, at + by)));
    else setOpen(true);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    PageDown: () => step(10),
    PageUp: () => step(-10),
    Enter: () => (isOpen ? pick(at) : setOpen(true)),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const known = keys[event.key];
    if (known !== undefined) known();
    else if (event.key === 'Escape' && isOpen) close();
    else if (event.key === 'Backspace' && text === '' && chosen.length > 0) onChange(chosen.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const open = (): void => setOpen(true);
  return { field, text, isOpen, at, shown, found, type, pick, open, close, onKeyDown, hover: setAt };
}

interface ListParts {
  readonly id: string;
  readonly label: string;
  readonly list: ReturnType<typeof useList>;
}

function List({ id, label, list: { field, at, shown, found, pick, hover } }: ListParts) {
  const element = useRef<HTMLUListElement>(null);
  const [isAbove, setAbove] = useState(false);
  useLayoutEffect(() => {
    const box = field.current?.getBoundingClientRect();
    // Above, where there is no room below, and more above.
    if (box !== undefined) setAbove(innerHeight - box.bottom < LIST_HEIGHT && box.top > innerHeight - box.bottom);
  }, [field]);
  useEffect(() => element.current?.children[at]?.scrollIntoView({ block: 'nearest' }), [at]);
  return (
    <div class={isAbove ? 'list above' : 'list'} onMouseDown={(event) => event.preventDefault()}>
      <ul ref={element} role="listbox" id={`${id}-list`} aria-label={`Columns for ${label}`}>
        {shown.map(({ name, example, roles }, index) => (
          <li
            key={name}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            title={name}
            onClick={() => pick(index)}
            onMouseMove={() => hover(index)}
          >
            <span class="word" dir="auto">
              <Visible text={name} />
            </span>
            {roles.length > 0 && <span class="is">{roles.join(', ')}</span>}
            <span class="example" dir="auto">
              <Visible text={example.replace(/\s+/g, ' ')} />
            </span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="muted">No other column has such a name.</p>}
      {found.length > shown.length && (
        <p class="muted">{(found.length - shown.length).toLocaleString('en')} more: type a part of the name.</p>
      )}
    </div>
  );
}
