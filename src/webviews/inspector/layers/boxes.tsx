import type { Box } from '../../../core/model.js';
import type { Size } from '../viewport.js';
import type { Drawing, Layer } from './layer.js';

/** Boxes that the data give. */
export const boxes: Layer = {
  id: 'boxes',
  label: 'Boxes',
  icon: 'primitive-square',
  on: true,
  command: 'boxes',
  of: ({ record: { boxes: list = [], images } }): Drawing => {
    if (list.length === 0) return { drawable: false, words: 'The data gives no boxes for this item.' };
    return images.length > 1
      ? { drawable: false, words: 'The data does not say which of the images the boxes belong to.' }
      : { drawable: true, words: `${list.length} ${list.length === 1 ? 'box' : 'boxes'} from the data` };
  },
  InPicture: ({ item, original }) => <Drawn boxes={item.record.boxes ?? []} original={original} />,
};

/** In fractions of the picture, so that they zoom with it while their lines stay thin. */
function Drawn({ boxes: list, original }: { readonly boxes: readonly Box[]; readonly original: Size }) {
  return (
    <div class="boxes">
      {list.map((box, index) => {
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
