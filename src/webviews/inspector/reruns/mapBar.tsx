import type { Box } from '../../../core/model.js';
import { valueAt } from '../../../protocol/shownMap.js';
import { Icon, Key } from '../../shared/icon.js';
import { titled } from '../../shared/keys.js';
import { COMMANDS } from '../commands.js';
import { useTools } from '../context.js';
import type { Point, Size } from '../viewport.js';
import { Colours } from './mapCanvas.js';
import { digits, insideOf, percent, titleOf, type Overlay } from './overlay.js';
import type { Reruns } from './useReruns.js';

interface Parts {
  readonly reruns: Reruns;
  readonly left: Overlay | null;
  readonly right: Overlay | null;
  readonly boxes: readonly Box[];
  readonly original: Size;
  readonly pointer: Point | null;
  readonly opacity: number;
  readonly setOpacity: (opacity: number) => void;
}

/** Below the picture: which maps lie over it, in which colours, how strong, and what they say at the pointer and inside the boxes. */
export function MapBar({ reruns, left, right, boxes, original, pointer, opacity, setOpacity }: Parts) {
  const { keys } = useTools();
  const { canPair, paired, pair } = reruns;
  const one = { boxes, original, pointer };
  return (
    <div class="map-bar" role="group" aria-label="Saliency">
      <div class="map-row">
        <label class="opacity" title="How strongly the map covers the picture">
          <span>Opacity</span>
          <input
            type="range"
            min="0"
            max="100"
            value={Math.round(opacity * 100)}
            onInput={(event) => setOpacity(Number(event.currentTarget.value) / 100)}
          />
        </label>
        <button
          type="button"
          class="tool"
          aria-pressed={paired}
          aria-disabled={!canPair}
          title={
            canPair
              ? titled('Two maps side by side', COMMANDS.compareMaps, keys)
              : 'There is one map: ask again with another method'
          }
          onClick={() => canPair && pair()}
        >
          <Icon name="split-horizontal" /> Side by side <Key of={COMMANDS.compareMaps} keys={keys} />
        </button>
      </div>
      <One side="left" overlay={left} reruns={reruns} {...one} />
      {right !== null && <One side="right" overlay={right} reruns={reruns} {...one} />}
    </div>
  );
}

interface OneParts extends Pick<Parts, 'reruns' | 'boxes' | 'original' | 'pointer'> {
  readonly side: 'left' | 'right';
  readonly overlay: Overlay | null;
}

function One({ side, overlay, reruns, boxes, original, pointer }: OneParts) {
  const { sources, show, paired } = reruns;
  const chosen = (side === 'left' ? reruns.left : reruns.right)?.id ?? '';
  const value = overlay === null || pointer === null ? null : valueAt(overlay.map, pointer.x, pointer.y);
  const name = paired ? `Map over the ${side} picture` : 'Map over the picture';
  return (
    <div class="map-row">
      <select aria-label={name} title={name} value={chosen} onChange={(event) => show(side, event.currentTarget.value)}>
        {sources.map((source) => (
          <option key={source.id} value={source.id} selected={source.id === chosen}>
            {titleOf(source)}
          </option>
        ))}
      </select>
      {overlay !== null && (
        <>
          <Legend overlay={overlay} />
          <InsideShare overlay={overlay} boxes={boxes} original={original} />
          <output class="value" title="The map's value under the pointer">
            {value === null ? '' : `here ${digits(value)}`}
          </output>
        </>
      )}
    </div>
  );
}

function Legend({ overlay: { drawn, above } }: { readonly overlay: Overlay }) {
  const top = `${above === null ? '' : '≥ '}${digits(drawn.scale)}`;
  const words =
    above === null
      ? `Colours from 0 to the map's largest value, ${top}`
      : `Colours from 0 to ${digits(drawn.scale)}; the brightest stands for this and all above it, ${above} % of the cells`;
  return (
    <span class="legend" title={words}>
      0 <Colours /> {top}
    </span>
  );
}

function InsideShare({ overlay, boxes, original }: { overlay: Overlay; boxes: readonly Box[]; original: Size }) {
  const inside = insideOf(overlay, boxes, original);
  if (inside === null) return null;
  const { share, area } = inside.union;
  if (share === null) return <span class="share muted">0 everywhere</span>;
  return (
    <span
      class="share"
      title={`${percent(share)} of the map lies inside the ${boxes.length} boxes, which cover ${percent(area)} of the picture: a map that says nothing would have as much inside`}
    >
      <strong>{percent(share)}</strong> in boxes <span class="muted">({percent(area)} of the area)</span>
    </span>
  );
}
