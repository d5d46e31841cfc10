/**
 * Loaded before the toolkit, which finds out whether the browser knows :focus-visible by adding a style element. The pages'
 * policy forbids those, so the toolkit would be told no, and an error would be logged: it is handed another element, whose
 * style sheet is one that a policy has no say in. Once only; the document is as before from then on.
 */
const create = document.createElement.bind(document);

document.createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
  const wanted = create(name, options);
  if (name !== 'style') return wanted;
  Reflect.deleteProperty(document, 'createElement');
  return Object.defineProperty(create('template'), 'sheet', { value: new CSSStyleSheet() });
};
