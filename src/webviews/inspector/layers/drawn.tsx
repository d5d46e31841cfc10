import type { ItemView } from '../../../protocol/rows.js';
import type { Overlay } from '../reruns/overlay.js';
import { LAYERS } from './all.js';
import { isOn, type Beside, type Choices, type Inside, type Layer, type Over } from './layer.js';

interface Layers {
  readonly layers: readonly Layer[];
}

/** The layers that are on and have something to draw. */
export function drawnLayers(item: ItemView, choices: Choices, overlay: Overlay | null): readonly Layer[] {
  return LAYERS.filter((layer) => isOn(layer, choices) && layer.of(item, overlay).drawable);
}

export function InPicture({ layers, ...parts }: Layers & Inside) {
  return <>{layers.map(({ id, InPicture: Part }) => Part && <Part key={id} {...parts} />)}</>;
}

export function OverPicture({ layers, ...parts }: Layers & Over) {
  return <>{layers.map(({ id, OverPicture: Part }) => Part && <Part key={id} {...parts} />)}</>;
}

export function BesidePicture({ layers, ...parts }: Layers & Beside) {
  return <>{layers.map(({ id, BesidePicture: Part }) => Part && <Part key={id} {...parts} />)}</>;
}
