import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Key } from '../../shared/icon.js';
import { COMMANDS } from '../commands.js';
import { useTools } from '../context.js';
import { FieldState } from './fieldState.js';
import type { Annotations } from './useAnnotations.js';

interface Parts {
  readonly annotations: Annotations;
  /** Takes the focus out of the field, so that keys give labels again. */
  readonly leave: () => void;
}

/** A note in free words. It is saved when the field is left, also because another item takes this one's place. */
export function Note({ annotations, leave }: Parts) {
  const { host, keys } = useTools();
  const { marks, own, target, say } = annotations;
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const kept = marks.note ?? '';
  const now = useRef({ draft, kept, target });
  now.current = { draft, kept, target };
  const save = (): void => {
    const { draft: words, kept: before, target: to } = now.current;
    if (words === null) return;
    const note = words.trim();
    now.current = { ...now.current, draft: null };
    setDraft(null);
    if (note !== before) say({ note: note === '' ? null : note }, { to });
  };
  useEffect(() => save, []);
  useLayoutEffect(() => host.on('do', ({ what }) => what === 'note' && goTo(field.current)), [host]);
  const text = draft ?? kept;
  useLayoutEffect(() => grow(field.current), [text]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
    else if (event.key === 'Escape' && !event.isComposing) {
      now.current = { ...now.current, draft: null };
      setDraft(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
    leave();
  };
  return (
    <label class="note-field">
      <span class="name">
        Note <Key of={COMMANDS.note} keys={keys} /> <FieldState own={own} field="note" />
      </span>
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        value={text}
        title="Saved when the field is left, and by Ctrl+Enter (⌘Enter); Escape gives the old text back"
        onInput={({ currentTarget: { value } }) => setDraft(value)}
        onBlur={save}
        onKeyDown={onKeyDown}
      />
    </label>
  );
}

function goTo(field: HTMLTextAreaElement | null): void {
  field?.focus({ preventScroll: true });
  // A focus alone would leave it under the picture, which stays on top; this keeps the margin that the style asks for.
  field?.scrollIntoView({ block: 'nearest' });
}

/** As high as its text, up to a third of the window. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = 'auto';
  const border = field.offsetHeight - field.clientHeight;
  field.style.height = `${Math.min(field.scrollHeight + border, window.innerHeight / 3)}px`;
}
