import type { Box, ItemRecord } from '../../core/model.js';
import type { Size } from './viewport.js';

export interface Boxes {
  readonly list: readonly Box[];
  readonly drawable: boolean;
  /** What the button says: how many there are, or why there are none to draw. */
  readonly words: string;
}

export function boxesOf({ boxes = [], images }: ItemRecord): Boxes {
  if (boxes.length === 0) return { list: [], drawable: false, words: 'The data gives no boxes for this item.' };
  if (images.length > 1) {
    const words = 'The data does not say which of the images the boxes belong to.';
    return { list: boxes, drawable: false, words };
  }
  return {
    list: boxes,
    drawable: true,
    words: `${boxes.length} ${boxes.length === 1 ? 'box' : 'boxes'} from the data`,
  };
}

/** Boxes in fractions of the picture, so that they zoom with it while their lines stay thin. */
export function BoxLayer({ boxes, original }: { readonly boxes: readonly Box[]; readonly original: Size }) {
  return (
    <div class="boxes">
      {boxes.map((box, index) => {
        const across = box.unit === 'pixel' ? original.width : 1;
        const down = box.unit === 'pixel' ? original.height : 1;
        const style = {
          left: `${(box.x / across) * 100}%`,
          top: `${(box.y / down) * 100}%`,
          width: `${(box.width / across) * 100}%`,
          height: `${(box.height / down) * 100}%`,
        };
        return (
          <div key={index} class={box.y / down < 0.06 ? 'data-box low' : 'data-box'} style={style}>
            {box.label !== null && <span dir="auto">{box.label}</span>}
          </div>
        );
      })}
    </div>
  );
}
