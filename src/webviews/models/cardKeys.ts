const STEPS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
};

/** From a button of a model, arrow keys go to the same button of the next or the previous model, Home and End to the first and the last. */
export function moveBetweenCards(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = STEPS[event.key];
  const button = event.target instanceof HTMLElement ? event.target.closest('article button') : null;
  const card = button?.closest('article') ?? null;
  if (step === undefined || button === null || card === null) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const cards = [...event.currentTarget.querySelectorAll('article')];
  const next = cards[step(cards.indexOf(card), cards.length - 1)];
  const does = button.getAttribute('data-does');
  const same = next?.querySelector<HTMLElement>(`button[data-does="${does ?? ''}"]`);
  (same ?? next?.querySelector<HTMLElement>('button'))?.focus();
  event.preventDefault();
}
