/** How well what is written can be read, measured as WCAG 2 does: for the tests of every story, in every theme. */

/** Red, green, blue and alpha, each from 0 to 1. */
type Colour = readonly [number, number, number, number];

const WORDS = 4.5;
/** Large words, and icons. */
const LARGE = 3;

const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
const known = new Map<string, Colour>();

/** Any colour that CSS can write. */
function colourOf(css: string): Colour {
  const before = known.get(css);
  if (before !== undefined) return before;
  if (canvas === null) throw new Error('This browser draws nothing.');
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = css;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
  known.set(css, [red, green, blue, alpha]);
  return [red, green, blue, alpha];
}

function over([r, g, b, alpha]: Colour, [red, green, blue]: Colour): Colour {
  const mix = (top: number, below: number): number => top * alpha + below * (1 - alpha);
  return [mix(r, red), mix(g, green), mix(b, blue), 1];
}

function luminance([red, green, blue]: Colour): number {
  const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function ratio(one: Colour, other: Colour): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function parentOf(element: Element): Element | null {
  if (element.assignedSlot !== null) return element.assignedSlot;
  const { parentNode } = element;
  return parentNode instanceof ShadowRoot ? parentNode.host : (parentNode as Element | null);
}

/** From the root of the page down to the element. */
function lineOf(element: Element): Element[] {
  const line: Element[] = [];
  for (let at: Element | null = element; at instanceof Element; at = parentOf(at)) line.unshift(at);
  return line;
}

/** The colour that lies behind an element's words, and that of the words themselves as it is seen there. */
function seen(element: Element, words: string): readonly [Colour, Colour] {
  let ground: Colour = [1, 1, 1, 1];
  let opacity = 1;
  for (const each of lineOf(element)) {
    const style = getComputedStyle(each);
    opacity *= Number(style.opacity);
    const [red, green, blue, alpha] = colourOf(style.backgroundColor);
    ground = over([red, green, blue, alpha * opacity], ground);
  }
  const [red, green, blue, alpha] = colourOf(words);
  return [over([red, green, blue, alpha * opacity], ground), ground];
}

/** What can do nothing may be pale, and what is only for screen readers is not seen. */
const EXEMPT = '[aria-disabled="true"], [disabled], .hidden-text, option, script, style';

function isShown(element: Element, { width, height, top, left }: DOMRect): boolean {
  const inside = width > 1 && height > 1 && top < innerHeight && left < innerWidth && top + height > 0;
  return inside && !lineOf(element).some((each) => each.matches(EXEMPT)) && element.checkVisibility();
}

function wordsIn(root: Document | ShadowRoot): { element: Element; text: string; rect: DOMRect }[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const found: { element: Element; text: string; rect: DOMRect }[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node instanceof Element) {
      if (node.shadowRoot !== null) found.push(...wordsIn(node.shadowRoot));
      if (node.matches('.codicon')) found.push({ element: node, text: '', rect: node.getBoundingClientRect() });
      continue;
    }
    const text = (node.textContent ?? '').trim();
    const element = node.parentElement;
    if (text === '' || element === null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    found.push({ element, text, rect: range.getBoundingClientRect() });
  }
  return found;
}

/** Words and icons in sight that stand out too little from what is behind them, each as one line. */
export function tooPale(): string[] {
  const pale = wordsIn(document).flatMap(({ element, text, rect }) => {
    if (!isShown(element, rect)) return [];
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = text === '' || size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const [ink, ground] = seen(element, style.color);
    const has = ratio(ink, ground);
    const needs = isLarge ? LARGE : WORDS;
    if (has >= needs) return [];
    const what = text === '' ? element.className : `"${text.slice(0, 40)}" in .${element.className}`;
    return [`${what}: ${has.toFixed(2)}, needs ${needs}`];
  });
  return [...new Set(pale)];
}
