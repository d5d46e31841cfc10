import { arrowTo, compassWords, LOOK_ICONS, ROLE_WORDS, type Compass, type Needle } from './compassModel.js';
import { Icon } from '../shared/icon.js';
import { Needles } from './needles.js';
import type { Point, Size } from './viewport.js';

interface Parts {
  readonly compass: Compass;
  readonly box: Size;
  readonly place: Size & { readonly left: number; readonly top: number };
}

/** The compass drawn over the picture, from the middle of what is seen of it. For the camera's left, right, up and down. */
export function ImageArrows({ compass, box, place }: Parts) {
  const left = Math.max(place.left, 0);
  const top = Math.max(place.top, 0);
  const right = Math.min(place.left + place.width, box.width);
  const bottom = Math.min(place.top + place.height, box.height);
  const centre = { x: (left + right) / 2, y: (top + bottom) / 2 };
  const length = Math.max(Math.min((right - left) * 0.3, (bottom - top) * 0.3, 160), 36);
  return (
    <div class="image-arrows" role="img" aria-label={compassWords(compass)}>
      <svg width={box.width} height={box.height} aria-hidden="true">
        <Needles needles={compass.needles} centre={centre} length={length} vectorOf={onImage} />
      </svg>
      {compass.needles.map((needle) => (
        <Label key={needle.role} needle={needle} centre={centre} length={length} box={box} />
      ))}
      {compass.note !== null && (
        <span class="frame-note" aria-hidden="true">
          {compass.seenBy}: {compass.note}
        </span>
      )}
    </div>
  );
}

function onImage({ components }: Needle): Point | null {
  return arrowTo(components.lateral, components.vertical);
}

/** About the width of a label, which must stay inside the stage. */
const widthOf = (words: string): number => words.length * 7 + 32;

function Label({
  needle,
  centre,
  length,
  box,
}: {
  readonly needle: Needle;
  readonly centre: Point;
  readonly length: number;
  readonly box: Size;
}) {
  const vector = onImage(needle);
  if (vector === null) return null;
  const words = `${ROLE_WORDS[needle.role]} ${needle.direction}`;
  const half = Math.min(widthOf(words) / 2, box.width / 2);
  // Beside the line of a level arrow, beyond the tip of any other.
  const level = Math.abs(vector.y) < 0.1;
  const x = centre.x + vector.x * length * (level ? 0.62 : 1);
  const y = centre.y + vector.y * length + (level ? (needle.role === 'predicted' ? 22 : -22) : vector.y > 0 ? 18 : -18);
  const style = {
    left: `${Math.min(Math.max(x, half), box.width - half)}px`,
    top: `${Math.min(Math.max(y, 12), box.height - 12)}px`,
  };
  return (
    <span class={`arrow-label ${needle.look}`} style={style} aria-hidden="true">
      <Icon name={LOOK_ICONS[needle.look]} />
      {words}
    </span>
  );
}
