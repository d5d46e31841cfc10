/** A colour as every program that reads SVG knows it. */
export interface Paint {
  /** "#rrggbb" */
  readonly colour: string;
  /** 0 to 1 */
  readonly opacity: number;
}

/** Reads a colour as a browser says it: hexadecimal, rgb() or color(srgb …). Black where it is none of these. */
export function paintOf(colour: string): Paint {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(colour.trim())?.[1];
  if (hex !== undefined) return ofHex(hex);
  const numbers = colour
    .match(/-?[\d.]+%?/g)
    ?.map((text) => (text.endsWith('%') ? parseFloat(text) / 100 : Number(text)));
  const isFraction = /^color\(srgb/.test(colour);
  if (numbers === undefined || numbers.length < 3 || !(isFraction || /^rgb/.test(colour)))
    return { colour: '#000000', opacity: 1 };
  const [red = 0, green = 0, blue = 0, opacity = 1] = numbers;
  const scale = isFraction ? 255 : 1;
  return { colour: `#${[red, green, blue].map((part) => pair(part * scale)).join('')}`, opacity };
}

function ofHex(hex: string): Paint {
  const long = hex.length < 6 ? [...hex].map((sign) => sign + sign).join('') : hex;
  const opacity = long.length === 8 ? parseInt(long.slice(6), 16) / 255 : 1;
  return { colour: `#${long.slice(0, 6).toLowerCase()}`, opacity };
}

function pair(part: number): string {
  const whole = Math.min(255, Math.max(0, Math.round(part)));
  return whole.toString(16).padStart(2, '0');
}
