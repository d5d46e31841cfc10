import type { ComponentChildren } from 'preact';
import type { ItemView } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { useTools } from './context.js';
import { panByKey, useGestures } from './gestures.js';
import { imagesOf } from './images.js';
import type { Keeper } from './kept.js';
import { BesidePicture, drawnLayers, InPicture, OverPicture } from './layers/drawn.js';
import type { Beside, Choices, Layer } from './layers/layer.js';
import { Missing } from './missing.js';
import type { Loaded } from './pictures.js';
import { Toolbar, ZoomBar } from './toolbar.js';
import { idOf, sizeToAsk, useCrop, usePicture, type Patch, type Shown } from './usePicture.js';
import { useSize } from './useSize.js';
import { useView, type ViewControl } from './useView.js';
import { placeOf, type Size } from './viewport.js';

interface Parts {
  readonly item: ItemView;
  readonly index: number;
  readonly choices: Choices;
  readonly toggle: (layer: Layer) => void;
  readonly keeper: Keeper;
}

/** The picture, with its layers on it and the buttons that switch them. */
export function Stage({ item, index, choices, toggle, keeper }: Parts) {
  const { pictures, generation } = useTools();
  const { ref, size: box } = useSize<HTMLDivElement>();
  const nothing = item.record.images.length === 0 && item.imageCandidates.length === 0 && !item.mayBeEmbedded;
  const asked = nothing ? 0 : sizeToAsk(box, window.devicePixelRatio);
  const shown = usePicture(pictures, item.key, index, asked, generation);
  const picture = !nothing && shown.result?.ok === true ? shown.result : null;
  const control = useView(idOf(item.key, index), picture, box, keeper);
  const patch = useCrop(pictures, item.key, index, shown.stale ? null : picture, { ...control, box });
  useGestures(ref, control);

  const drawn = picture !== null && !shown.stale;
  const layers = drawnLayers(item, choices);
  return (
    <section class={nothing ? 'stage bare' : 'stage'} aria-label="Picture">
      <div class="stage-bar">
        <Toolbar item={item} choices={choices} toggle={toggle} />
        {drawn && <ZoomBar control={control} />}
      </div>
      <div class="view">
        <div
          ref={ref}
          class={control.view.scale > 1 ? 'box zoomed' : 'box'}
          tabIndex={picture === null ? -1 : 0}
          role="group"
          aria-label={labelOf(item, index, picture)}
          onKeyDown={(event) => panByKey(event, control)}
        >
          {picture !== null && control.ready && (
            <Whole picture={picture} patch={patch} control={control} box={box} alt={labelOf(item, index, picture)}>
              {drawn && <InPicture layers={layers} item={item} original={control.original} />}
            </Whole>
          )}
          {drawn && (
            <OverPicture layers={layers} item={item} box={box} place={placeOf(control.view, box, control.fit)} />
          )}
        </div>
        <Placeholder item={item} index={index} shown={shown} nothing={nothing} />
      </div>
      <BesidePicture layers={layers} item={item} box={box} {...pictureOf(shown, nothing)} />
    </section>
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
