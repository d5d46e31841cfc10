import type { Drawing, Inside, Layer } from './layer.js';
import { MapCanvas } from '../reruns/mapCanvas.js';
import { titleOf } from '../reruns/overlay.js';

/** Where a model looked, as a map over the picture. */
export const saliency: Layer = {
  id: 'saliency',
  label: 'Saliency',
  icon: 'flame',
  on: true,
  command: 'saliency',
  of: (_, overlay): Drawing =>
    overlay === null
      ? {
          drawable: false,
          words: 'There is no saliency map of this image: ask the model again (Rerun), or import maps.',
        }
      : { drawable: true, words: titleOf(overlay.source) },
  InPicture: Map,
};

function Map({ overlay, opacity, pointer }: Inside) {
  if (overlay === null) return null;
  return (
    <>
      <MapCanvas drawn={overlay.drawn} opacity={opacity} />
      {pointer !== null && (
        <span class="at" style={{ left: `${pointer.x * 100}%`, top: `${pointer.y * 100}%` }} aria-hidden="true" />
      )}
    </>
  );
}
