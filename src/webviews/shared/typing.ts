/** Text fields, where a single key means its letter. Controls of the toolkit hide theirs in a shadow tree. */
function isTextField(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(?:input|textarea|select)$/i.test(target.tagName);
}

/** True where the event comes from a text field, looked up through shadow trees. */
export function isTyping(event: Event): boolean {
  return isTextField(event.composedPath()[0]);
}

/**
 * Keeps single keys in text fields from the workbench, whose key bindings VS Code otherwise also tries for what is typed in a
 * page. Keys with Ctrl, Alt or Meta, and the function keys, go through.
 */
export function guardTyping(): void {
  for (const type of ['keydown', 'keyup'] as const) {
    document.addEventListener(type, (event) => {
      const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
      if (plain && event.key.length === 1 && isTyping(event)) event.stopPropagation();
    });
  }
}
