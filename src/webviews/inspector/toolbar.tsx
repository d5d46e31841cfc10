import type { ComponentChildren } from 'preact';
import { Icon, Key } from '../shared/icon.js';
import type { Boxes } from './boxes.js';
import { COMMANDS, titled } from './commands.js';
import type { Compass } from './compassModel.js';
import { useTools } from './context.js';
import type { Layer, Layers } from './useInspector.js';
import type { ViewControl } from './useView.js';

interface Parts {
  readonly compass: Compass | null;
  readonly boxes: Boxes;
  readonly layers: Layers;
  readonly toggle: (layer: Layer) => void;
}

/** The layers over the picture. One that has nothing to show stays in its place, and says why. */
export function Toolbar({ compass, boxes, layers, toggle }: Parts) {
  const { keys } = useTools();
  const compassWords = compass === null ? 'Neither gold nor answer is a direction' : 'Gold and predicted direction';
  return (
    <div class="toolbar" role="toolbar" aria-label="Layers">
      <Toggle
        word="Compass"
        icon="compass"
        title={compassWords}
        on={layers.compass && compass !== null}
        off={compass === null}
        onClick={() => toggle('compass')}
      >
        <Key of={COMMANDS.compass} keys={keys} />
      </Toggle>
      <Toggle
        word="Boxes"
        icon="primitive-square"
        title={boxes.words}
        on={layers.boxes && boxes.drawable}
        off={!boxes.drawable}
        onClick={() => toggle('boxes')}
      >
        <Key of={COMMANDS.boxes} keys={keys} />
      </Toggle>
      <Toggle word="Saliency" icon="flame" title="No saliency yet" on={false} off onClick={() => undefined} />
    </div>
  );
}

interface ToggleParts {
  readonly word: string;
  readonly icon: string;
  readonly title: string;
  readonly on: boolean;
  readonly off: boolean;
  readonly onClick: () => void;
  readonly children?: ComponentChildren;
}

/** `aria-disabled`, so that a button that can do nothing can still be reached and says why. */
function Toggle({ word, icon, title, on, off, onClick, children }: ToggleParts) {
  return (
    <button
      type="button"
      class="layer"
      aria-pressed={on}
      aria-disabled={off}
      aria-label={off ? `${word}: ${title}` : word}
      title={title}
      onClick={() => {
        if (!off) onClick();
      }}
    >
      <Icon name={icon} />
      <span class="word">{word}</span>
      {!off && children}
    </button>
  );
}

/** Scale and zoom. The percentage counts pixels of the screen for one of the original. */
export function ZoomBar({ control }: { readonly control: ViewControl }) {
  const { keys } = useTools();
  const { view, fit, original, zoom, fitAll, step } = control;
  const share = (fit.width * view.scale * window.devicePixelRatio) / original.width;
  const size = `${original.width.toLocaleString('en')} × ${original.height.toLocaleString('en')}`;
  return (
    <div class="zoombar" role="group" aria-label="Zoom">
      <span class="scale" title={`of the original's ${size} pixels`}>
        {size} · {Math.max(Math.round(share * 100), 1).toLocaleString('en')} %
      </span>
      <button type="button" class="tool" title={titled('Zoom out', 'zoomOut', keys)} onClick={() => zoom(1 / step)}>
        <Icon name="zoom-out" />
        <span class="hidden-text">Zoom out</span>
      </button>
      <button type="button" class="tool" title={titled('Zoom in', 'zoomIn', keys)} onClick={() => zoom(step)}>
        <Icon name="zoom-in" />
        <span class="hidden-text">Zoom in</span>
      </button>
      <button type="button" class="tool" title={titled('Fit', 'fit', keys)} onClick={fitAll}>
        <Icon name="screen-normal" />
        <span class="hidden-text">Fit</span>
      </button>
    </div>
  );
}
