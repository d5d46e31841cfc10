import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ItemView } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { DrawHint, DrawSurface } from './annotations/drawSurface.js';
import { useDraft, type Draft } from './annotations/useDraft.js';
import type { Drawing } from './annotations/useDrawing.js';
import { useTools } from './context.js';
import { panByKey, useGestures } from './gestures.js';
import { imagesOf } from './images.js';
import type { Keeper } from './kept.js';
import { BesidePicture, drawnLayers, InPicture, OverPicture } from './layers/drawn.js';
import { isOn, type Beside, type Choices, type Layer } from './layers/layer.js';
import { saliency } from './layers/saliency.js';
import { Missing } from './missing.js';
import type { Loaded } from './pictures.js';
import { MapBar } from './reruns/mapBar.js';
import { titleOf, type Overlay } from './reruns/overlay.js';
import { useOverlays } from './reruns/useOverlays.js';
import type { Reruns } from './reruns/useReruns.js';
import { Toolbar, ZoomBar } from './toolbar.js';
import { idOf, sizeToAsk, useCrop, usePicture, type Patch, type Shown } from './usePicture.js';
import { useSize } from './useSize.js';
import { useView, type ViewControl } from './useView.js';
import { placeOf, type Point, type Size } from './viewport.js';

interface Parts {
  readonly item: ItemView;
  readonly index: number;
  readonly choices: Choices;
  readonly toggle: (layer: Layer) => void;
  readonly keeper: Keeper;
  readonly reruns: Reruns;
  readonly drawing: Drawing;
}

/** The picture, with its layers on it and the buttons that switch them; twice, side by side, where two maps are compared. */
export function Stage({ item, index, choices, toggle, keeper, reruns, drawing }: Parts) {
  const { pictures, generation } = useTools();
  const { ref, size: box } = useSize<HTMLDivElement>();
  const [pointer, setPointer] = useState<Point | null>(null);
  const [opacity, setOpacity] = useOpacity(keeper);
  const nothing = item.record.images.length === 0 && item.imageCandidates.length === 0 && !item.mayBeEmbedded;
  const asked = nothing ? 0 : sizeToAsk(box, window.devicePixelRatio);
  const shown = usePicture(pictures, item.key, index, asked, generation);
  const picture = !nothing && shown.result?.ok === true ? shown.result : null;
  const control = useView(idOf(item.key, index), picture, box, keeper);
  const patch = useCrop(pictures, item.key, index, shown.stale ? null : picture, { ...control, box });
  const drawn = picture !== null && !shown.stale;
  const { setOriginal } = reruns;
  useEffect(() => setOriginal(drawn ? control.original : null), [setOriginal, drawn, control.original]);

  const draft = useDraft(drawing);
  const { left, right } = useOverlays(reruns, index);
  const layers = drawnLayers(item, choices, left);
  const isMapped = drawn && isOn(saliency, choices) && (left !== null || reruns.sources.length > 0);
  const half = { item, index, shown, picture, patch, control, box, opacity, pointer, setPointer, layers, draft };
  return (
    <section class={nothing ? 'stage bare' : 'stage'} aria-label="Picture">
      <div class="stage-bar">
        {draft === null ? (
          <Toolbar item={item} choices={choices} toggle={toggle} overlay={left} />
        ) : (
          <DrawHint draft={draft} />
        )}
        {drawn && <ZoomBar control={control} />}
      </div>
      <div class={isMapped && right !== null ? 'view pair' : 'view'}>
        <PictureBox {...half} place={ref} overlay={left} />
        {isMapped && right !== null && <PictureBox {...half} place={null} overlay={right} />}
        <Placeholder item={item} index={index} shown={shown} nothing={nothing} />
      </div>
      {isMapped && (
        <MapBar
          {...{ reruns, left, right, opacity, setOpacity, pointer }}
          boxes={item.record.images.length > 1 ? [] : (item.record.boxes ?? [])}
          original={control.original}
        />
      )}
      <BesidePicture layers={layers} item={item} box={box} {...pictureOf(shown, nothing)} />
    </section>
  );
}

/** How strongly a map covers the picture, 0 to 1. */
function useOpacity(keeper: Keeper) {
  const [opacity, set] = useState(keeper.now.opacity);
  const change = (to: number): void => {
    set(to);
    keeper.change({ opacity: to });
  };
  return [opacity, change] as const;
}

interface BoxParts {
  readonly item: ItemView;
  readonly index: number;
  readonly shown: Shown;
  readonly picture: Loaded | null;
  readonly patch: Patch | null;
  readonly control: ViewControl;
  readonly box: Size;
  readonly layers: readonly Layer[];
  /** What is being drawn on the picture; null for nothing. */
  readonly draft: Draft | null;
  readonly overlay: Overlay | null;
  readonly opacity: number;
  /** In fractions of the picture; null where the pointer is elsewhere. */
  readonly pointer: Point | null;
  readonly setPointer: (point: Point | null) => void;
  /** Whoever measures the box; null for a copy. */
  readonly place: RefObject<HTMLDivElement | null> | null;
}

function PictureBox(parts: BoxParts) {
  const { item, index, shown, picture, patch, control, box, layers, overlay, opacity, pointer, setPointer, draft } =
    parts;
  const own = useRef<HTMLDivElement>(null);
  const ref = parts.place ?? own;
  useGestures(ref, control);
  const drawn = picture !== null && !shown.stale;
  const place = placeOf(control.view, box, control.fit);
  const onPointerMove = (event: PointerEvent): void => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const x = (event.clientX - left - place.left) / place.width;
    const y = (event.clientY - top - place.top) / place.height;
    setPointer(x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null);
  };
  const label = labelOf(item, index, picture);
  return (
    <div
      ref={ref}
      class={control.view.scale > 1 ? 'box zoomed' : 'box'}
      tabIndex={picture === null || parts.place === null ? -1 : 0}
      role="group"
      aria-label={overlay === null ? label : `${label}, ${titleOf(overlay.source)} over it`}
      onKeyDown={(event) => panByKey(event, control)}
      {...(overlay === null ? {} : { onPointerMove, onPointerLeave: () => setPointer(null) })}
    >
      {picture !== null && control.ready && (
        <Whole picture={picture} patch={patch} control={control} box={box} alt={label}>
          {drawn && <InPicture {...{ layers, item, index, overlay, opacity, pointer }} original={control.original} />}
        </Whole>
      )}
      {drawn && draft === null && <OverPicture layers={layers} item={item} box={box} place={place} />}
      {drawn && draft !== null && <DrawSurface {...{ draft, control, box, place }} isFirst={parts.place !== null} />}
    </div>
  );
}

function pictureOf({ result, stale }: Shown, nothing: boolean): Pick<Beside, 'picture' | 'isBare'> {
  const isAwaited = !nothing && (result === null || stale);
  const picture = isAwaited ? 'awaited' : !nothing && result?.ok === true ? 'drawn' : 'none';
  return { picture, isBare: nothing || result?.ok === false };
}

function labelOf(item: ItemView, index: number, picture: Loaded | null): string {
  const { length } = imagesOf(item);
  const which = length > 1 ? `Image ${index + 1} of ${length}` : 'Image';
  const size = picture === null ? '' : `, ${picture.originalWidth} × ${picture.originalHeight} pixels`;
  return `${which} of item ${item.record.item}${size}`;
}

interface WholeParts {
  readonly picture: Loaded;
  readonly patch: Patch | null;
  readonly control: ViewControl;
  readonly box: Size;
  readonly alt: string;
  readonly children: ComponentChildren;
}

function Whole({ picture, patch, control, box, alt, children }: WholeParts) {
  const { left, top, width, height } = placeOf(control.view, box, control.fit);
  // Pixels of the original larger than three of the screen's are shown as what they are.
  const coarse = width > picture.originalWidth * 3;
  return (
    <div
      class={coarse ? 'whole coarse' : 'whole'}
      style={{ left: px(left), top: px(top), width: px(width), height: px(height) }}
    >
      <img src={picture.url} alt={alt} draggable={false} />
      {patch !== null && (
        <img
          class="patch"
          src={patch.url}
          alt=""
          draggable={false}
          style={{
            left: percent(patch.crop.x),
            top: percent(patch.crop.y),
            width: percent(patch.crop.width),
            height: percent(patch.crop.height),
          }}
        />
      )}
      {children}
    </div>
  );
}

const percent = (fraction: number): string => `${fraction * 100}%`;
const px = (length: number): string => `${length}px`;

/** What stands in the stage where no picture does. */
function Placeholder({
  item,
  index,
  shown,
  nothing,
}: {
  readonly item: ItemView;
  readonly index: number;
  readonly shown: Shown;
  readonly nothing: boolean;
}) {
  if (nothing)
    return (
      <p class="without muted">
        <Icon name="file-media" /> This item names no image.
      </p>
    );
  if (shown.result === null)
    return (
      <div class="waiting" aria-busy="true">
        <Icon name="file-media" />
      </div>
    );
  if (shown.result.ok || shown.stale) return null;
  return <Missing item={item} index={index} failure={shown.result} />;
}
