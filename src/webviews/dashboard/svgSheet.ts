import { paintOf } from './paint.js';

/** A number as SVG has it: with one digit behind the point, and no more signs than it needs. */
export function shortened(value: number): string {
  return String(Math.round(value * 10) / 10);
}

interface TextStyle {
  readonly size?: number;
  readonly colour: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
  /** Degrees, about its own place. */
  readonly turned?: number;
}

type Point = readonly [x: number, y: number];

/** A drawing as elements of SVG, in the order in which they cover each other. Texts stay texts. */
export class Sheet {
  private readonly elements: string[] = [];

  text([x, y]: Point, text: string, { size = 12, colour, anchor = 'start', bold = false, turned }: TextStyle): void {
    const place = `x="${shortened(x)}" y="${shortened(y)}"`;
    const turn = turned === undefined ? '' : ` transform="rotate(${turned} ${shortened(x)} ${shortened(y)})"`;
    const weight = bold ? ' font-weight="600"' : '';
    this.elements.push(
      `<text ${place} font-size="${size}" text-anchor="${anchor}"${weight}${turn} ${filled(colour)}>${escaped(text)}</text>`,
    );
  }

  rect([x, y]: Point, [width, height]: Point, colour: string, told = ''): void {
    const size = `width="${shortened(Math.max(0, width))}" height="${shortened(Math.max(0, height))}"`;
    this.add(`<rect x="${shortened(x)}" y="${shortened(y)}" ${size} ${filled(colour)}`, told);
  }

  line(from: Point, to: Point, colour: string, { width = 1, dash = '' } = {}): void {
    const ends = `x1="${shortened(from[0])}" y1="${shortened(from[1])}" x2="${shortened(to[0])}" y2="${shortened(to[1])}"`;
    this.elements.push(`<line ${ends} ${stroked(colour, width)}${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`);
  }

  path(points: readonly Point[], colour: string, { closed = false, width = 2 } = {}): void {
    if (points.length === 0) return;
    const steps = points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${shortened(x)} ${shortened(y)}`);
    this.elements.push(`<path d="${steps.join('')}${closed ? 'Z' : ''}" fill="none" ${stroked(colour, width)}/>`);
  }

  /** A marker of a series, whose shape tells it from others as its colour does. */
  marker([x, y]: Point, shape: number, colour: string, told = ''): void {
    const points = SHAPES[shape % SHAPES.length];
    if (points === undefined)
      return this.add(`<circle cx="${shortened(x)}" cy="${shortened(y)}" r="4" ${filled(colour)}`, told);
    const corners = points.map(([dx, dy]) => `${shortened(x + dx)},${shortened(y + dy)}`).join(' ');
    this.add(`<polygon points="${corners}" ${filled(colour)}`, told);
  }

  /** The whole as a file. */
  toSvg({ width, height, ground, title }: { width: number; height: number; ground: string; title: string }): string {
    const size = `width="${width}" height="${Math.ceil(height)}" viewBox="0 0 ${width} ${Math.ceil(height)}"`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" role="img">`,
      `<title>${escaped(title)}</title>`,
      `<rect width="100%" height="100%" ${filled(ground)}/>`,
      ...this.elements,
      '</svg>',
      '',
    ].join('\n');
  }

  /** An element, with what a pointer over it is told. */
  private add(opened: string, told: string): void {
    const [, name = ''] = /^<(\w+)/.exec(opened) ?? [];
    this.elements.push(told === '' ? `${opened}/>` : `${opened}><title>${escaped(told)}</title></${name}>`);
  }
}

/** Corners about the middle; none: a circle. */
const SHAPES: readonly (readonly Point[] | undefined)[] = [
  undefined,
  [
    [-4, -4],
    [4, -4],
    [4, 4],
    [-4, 4],
  ],
  [
    [0, -5],
    [5, 4],
    [-5, 4],
  ],
  [
    [0, -5.5],
    [5.5, 0],
    [0, 5.5],
    [-5.5, 0],
  ],
  [
    [-5, -4],
    [5, -4],
    [0, 5],
  ],
  [
    [-1.5, -5],
    [1.5, -5],
    [1.5, -1.5],
    [5, -1.5],
    [5, 1.5],
    [1.5, 1.5],
    [1.5, 5],
    [-1.5, 5],
    [-1.5, 1.5],
    [-5, 1.5],
    [-5, -1.5],
    [-1.5, -1.5],
  ],
];

function filled(colour: string): string {
  const { colour: fill, opacity } = paintOf(colour);
  return `fill="${fill}"${opacity < 1 ? ` fill-opacity="${opacity.toFixed(2)}"` : ''}`;
}

function stroked(colour: string, width: number): string {
  const { colour: stroke, opacity } = paintOf(colour);
  return `stroke="${stroke}" stroke-width="${width}"${opacity < 1 ? ` stroke-opacity="${opacity.toFixed(2)}"` : ''}`;
}

/** As XML takes it: what it has no place for becomes U+FFFD. */
function escaped(text: string): string {
  return [...text]
    .map((sign) => (isSign(sign.codePointAt(0) ?? 0) ? sign : '\ufffd'))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Whether XML 1.0 has the character (section 2.2); halves of pairs are none. */
function isSign(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
