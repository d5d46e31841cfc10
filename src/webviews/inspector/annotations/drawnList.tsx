import type { MarkedBox } from '../../../protocol/annotations.js';
import { Icon } from '../../shared/icon.js';
import { FieldState } from './fieldState.js';
import type { Annotations } from './useAnnotations.js';

/** The boxes and points that were drawn, each with its name and a button that removes it. */
export function Drawn({ annotations: { marks, own, say } }: { readonly annotations: Annotations }) {
  const boxes = marks.boxes ?? [];
  const points = marks.points ?? [];
  if (boxes.length + points.length === 0) return null;
  const last = own.findLast(({ set }) => 'boxes' in set || 'points' in set);
  const put = (next: readonly MarkedBox[]): void => say({ boxes: next.length === 0 ? null : next });
  return (
    <ul class="drawn" aria-label="Drawn on the picture">
      {boxes.map((box, at) => (
        <li key={`box ${at}`}>
          <Name words={`box ${at + 1}`} image={box.image} />
          <BoxLabel
            // A box that goes leaves its place to the next one.
            key={`${box.x} ${box.y}`}
            box={box}
            name={`What box ${at + 1} shows`}
            change={(label) => put(boxes.map((each) => (each === box ? { ...box, label } : each)))}
          />
          <Remove words={`box ${at + 1}`} remove={() => put(boxes.filter((each) => each !== box))} />
        </li>
      ))}
      {points.map((point, at) => (
        <li key={`point ${at}`}>
          <Name words={`point ${at + 1}`} image={point.image} />
          <Remove
            words={`point ${at + 1}`}
            remove={() => {
              const next = points.filter((each) => each !== point);
              say({ points: next.length === 0 ? null : next });
            }}
          />
        </li>
      ))}
      {last !== undefined && (
        <li>
          <FieldState own={own} field={'boxes' in last.set ? 'boxes' : 'points'} />
        </li>
      )}
    </ul>
  );
}

function Name({ words, image }: { readonly words: string; readonly image: number }) {
  return (
    <span class="name">
      {words}
      {image > 0 && <span class="muted"> image {image + 1}</span>}
    </span>
  );
}

function Remove({ words, remove }: { readonly words: string; readonly remove: () => void }) {
  return (
    <button type="button" class="tool" title={`Remove ${words}`} onClick={remove}>
      <Icon name="close" />
      <span class="hidden-text">Remove {words}</span>
    </button>
  );
}

interface LabelParts {
  readonly box: MarkedBox;
  readonly name: string;
  readonly change: (label: string | null) => void;
}

/** Saved when the field is left, or by Enter; Escape gives the old text back. */
function BoxLabel({ box, name, change }: LabelParts) {
  const before = box.label ?? '';
  const save = (value: string): void => {
    if (value.trim() !== before) change(value.trim() === '' ? null : value.trim());
  };
  return (
    <input
      type="text"
      dir="auto"
      size={12}
      defaultValue={before}
      placeholder="what it shows"
      aria-label={name}
      onBlur={({ currentTarget: { value } }) => save(value)}
      onKeyDown={(event) => {
        const field = event.currentTarget;
        if (event.key === 'Escape') field.value = before;
        else if (event.key !== 'Enter' || event.isComposing) return;
        event.stopPropagation();
        field.blur();
      }}
    />
  );
}
