import { useState } from 'preact/hooks';
import type { ItemView } from '../../protocol/rows.js';
import { Icon, Key } from '../shared/icon.js';
import { titled } from '../shared/keys.js';
import { COMMANDS } from './commands.js';
import { useTools } from './context.js';
import { LAYERS } from './layers/all.js';
import { isOn, type Choices, type Layer } from './layers/layer.js';
import type { Overlay } from './reruns/overlay.js';
import type { ViewControl } from './useView.js';

interface Parts {
  readonly item: ItemView;
  readonly choices: Choices;
  readonly toggle: (layer: Layer) => void;
  readonly overlay: Overlay | null;
}

/** The layers over the picture. One that has nothing to show stays in its place, and says why. */
export function Toolbar({ item, choices, toggle, overlay }: Parts) {
  const { keys } = useTools();
  const [reason, setReason] = useState<string | null>(null);
  return (
    <div class="toolbar" role="toolbar" aria-label="Layers">
      {LAYERS.map((layer) => {
        const { id, label, icon, command } = layer;
        const { drawable, words } = layer.of(item, overlay);
        return (
          // `aria-disabled`, so that a button that can do nothing can still be reached and says why.
          <button
            key={id}
            type="button"
            class="layer"
            aria-pressed={isOn(layer, choices) && drawable}
            aria-disabled={!drawable}
            aria-label={drawable ? label : `${label}: ${words}`}
            title={drawable && command !== null ? titled(words, COMMANDS[command], keys) : words}
            onClick={() => drawable && toggle(layer)}
            onFocus={() => setReason(drawable ? null : words)}
            onBlur={() => setReason(null)}
          >
            <Icon name={icon} />
            <span class="word">{label}</span>
            {drawable && command !== null && <Key of={COMMANDS[command]} keys={keys} />}
          </button>
        );
      })}
      {reason !== null && (
        <span class="tip" aria-hidden="true">
          {reason}
        </span>
      )}
    </div>
  );
}

/** Scale and zoom. The percentage counts pixels of the screen for one of the original. */
export function ZoomBar({ control }: { readonly control: ViewControl }) {
  const { view, fit, original, zoom, fitAll, step } = control;
  const share = (fit.width * view.scale * window.devicePixelRatio) / original.width;
  const size = `${original.width.toLocaleString('en')} × ${original.height.toLocaleString('en')}`;
  return (
    <div class="zoombar" role="group" aria-label="Zoom">
      {view.scale > 1 && (
        <span class="pan">
          <kbd>←↑↓→</kbd> pan
        </span>
      )}
      <span class="scale" title={`of the original's ${size} pixels`}>
        <span class="size">{size} · </span>
        {Math.max(Math.round(share * 100), 1).toLocaleString('en')} %
      </span>
      <ZoomButton command="zoomOut" icon="zoom-out" words="Zoom out" onClick={() => zoom(1 / step)} />
      <ZoomButton command="zoomIn" icon="zoom-in" words="Zoom in" onClick={() => zoom(step)} />
      <ZoomButton command="fit" icon="screen-normal" words="Fit" onClick={fitAll} />
    </div>
  );
}

interface ZoomButtonParts {
  readonly command: 'zoomIn' | 'zoomOut' | 'fit';
  readonly icon: string;
  readonly words: string;
  readonly onClick: () => void;
}

function ZoomButton({ command, icon, words, onClick }: ZoomButtonParts) {
  const { keys } = useTools();
  return (
    <button
      type="button"
      class="tool"
      title={titled(words, COMMANDS[command], keys)}
      aria-label={words}
      onClick={onClick}
    >
      <Icon name={icon} />
      <Key of={COMMANDS[command]} keys={keys} />
    </button>
  );
}
