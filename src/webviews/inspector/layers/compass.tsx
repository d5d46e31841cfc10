import { compassOf } from '../compassModel.js';
import { ImageArrows } from '../imageArrows.js';
import { PlanView } from '../planView.js';
import type { Size } from '../viewport.js';
import type { Layer } from './layer.js';

/** Gold and predicted direction: on the picture where they are the camera's, as a plan otherwise and where there is no picture. */
export const compass: Layer = {
  id: 'compass',
  label: 'Compass',
  icon: 'compass',
  on: true,
  command: 'compass',
  of: ({ record }) =>
    compassOf(record) === null
      ? { drawable: false, words: 'Neither gold nor answer is a direction.' }
      : { drawable: true, words: 'Gold and predicted direction' },
  OverPicture: ({ item, box, place }) => {
    const drawn = compassOf(item.record);
    return drawn?.kind === 'image' ? <ImageArrows compass={drawn} box={box} place={place} /> : null;
  },
  BesidePicture: ({ item, box, picture, isBare }) => {
    const drawn = compassOf(item.record);
    // Whether it stands on a picture is not known while one is awaited.
    if (drawn === null || (drawn.kind === 'image' && picture !== 'none')) return null;
    return <PlanView compass={drawn} place={isBare ? 'docked' : placeOfPlan(box)} />;
  },
};

/** The plan leaves the picture to be seen: it is drawn smaller on a low one, and below a narrow one. */
function placeOfPlan(box: Size): 'inset' | 'small' | 'docked' {
  if (box.width < 480) return 'docked';
  return box.height < 340 ? 'small' : 'inset';
}
