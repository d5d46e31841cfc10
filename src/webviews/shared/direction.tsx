import { Visible } from './visible.js';

/** Arrows as on a plan of the frame that the question names, front up, as the compass draws it; above and below stand apart. */
const ARROWS: Readonly<Record<string, string>> = {
  left: '←',
  right: '→',
  front: '↑',
  back: '↓',
  'front-left': '↖',
  'front-right': '↗',
  'back-left': '↙',
  'back-right': '↘',
  above: '⤒',
  below: '⤓',
};

/** The arrow of a direction's name; one with a vertical part shows that part beside its horizontal one. */
export function arrowOf(direction: string): string {
  const words = direction.split('-');
  const isVertical = (word: string): boolean => word === 'above' || word === 'below';
  const vertical = words.filter(isVertical);
  const horizontal = words.filter((word) => !isVertical(word)).join('-');
  return [horizontal, ...vertical].map((part) => ARROWS[part] ?? '').join('');
}

/** "↙ back-left": a direction where there is one, else the answer's own words. */
export function Answer({ direction, text }: { readonly direction: string | null; readonly text: string | null }) {
  if (direction === null)
    return (
      <span class="answer">
        <Visible text={text ?? '–'} />
      </span>
    );
  return (
    <span class="answer">
      <span class="arrow" aria-hidden="true">
        {arrowOf(direction)}
      </span>
      <span class="name">{direction}</span>
    </span>
  );
}
