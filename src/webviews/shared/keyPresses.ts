/**
 * The character that a key press stands for. With Caps Lock as without it; in an alphabet that has no such letters, that of the same key of
 * a Latin keyboard, as for the keys of the workbench.
 */
export function pressed(event: KeyboardEvent, isKnown: (key: string) => boolean): string {
  const { key, code, shiftKey } = event;
  if (isKnown(key)) return key;
  const small = key.toLowerCase();
  if (!shiftKey && isKnown(small)) return small;
  const latin = /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase();
  return isOtherAlphabet(event) && !shiftKey && latin !== undefined ? latin : key;
}

/** A letter that no Latin keyboard has, and no third sign of a key of one. */
function isOtherAlphabet(event: KeyboardEvent): boolean {
  return event.key.length === 1 && event.key.charCodeAt(0) > 0x7e && !event.getModifierState('AltGraph');
}

/** No single key of the page: one with Ctrl, Alt or Meta, or part of a composed character. */
export function isShortcut(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
}

/** Undo, redo, or neither, as editors have them; by the keys of a Latin keyboard where the alphabet is another. */
export function undoOrRedo(event: KeyboardEvent): 'undo' | 'redo' | null {
  if ((!event.ctrlKey && !event.metaKey) || event.altKey) return null;
  const latin = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  const key = isOtherAlphabet(event) ? (latin ?? '') : event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' && event.ctrlKey && !event.shiftKey ? 'redo' : null;
}
