import type { AnnotatorsMarks, SchemeLabel } from '../../../protocol/annotations.js';
import { Icon } from '../../shared/icon.js';
import { Visible } from '../../shared/visible.js';
import { inWords } from './fields.js';
import { LabelName } from './labels.js';
import type { Annotations } from './useAnnotations.js';

/** Where annotators differ: what was decided, and the switch by which labels decide. */
export function Decision({ annotations }: { readonly annotations: Annotations }) {
  const { shown, differ, isDeciding, setDecides, annotating } = annotations;
  const { adjudication, hidden } = shown;
  if (hidden || (!differ && adjudication === null)) return null;
  const label = adjudication?.marks.label;
  return (
    <div class="decision">
      <Icon name={label === undefined ? 'warning' : 'law'} />
      <span class="words">
        {typeof label === 'string' ? (
          <>
            {adjudication?.by} decided: <LabelName id={label} labels={annotating.scheme.labels} />
          </>
        ) : isDeciding ? (
          'Annotators differ. Decide:'
        ) : (
          'Annotators differ.'
        )}
      </span>
      <button
        type="button"
        class="layer"
        aria-pressed={isDeciding}
        title="While it is on, labels and their keys, the note and the rest are the decision, not what you say yourself"
        onClick={() => setDecides(!isDeciding)}
      >
        I decide between them
      </button>
    </div>
  );
}

/** What other annotators say, and, while one decides, what one said oneself. */
export function Opinions({ annotations }: { readonly annotations: Annotations }) {
  const { shown, isDeciding, annotating } = annotations;
  const all = [
    ...(isDeciding && shown.mine !== null ? [{ ...shown.mine, by: `${shown.mine.by} (you)` }] : []),
    ...shown.others,
  ];
  if (all.length === 0) return null;
  return (
    <>
      <h3 id="opinions-heading">{isDeciding ? 'What annotators say' : 'What others say'}</h3>
      <ul class="opinions" aria-labelledby="opinions-heading">
        {all.map((each) => (
          <Opinion key={each.by} one={each} labels={annotating.scheme.labels} />
        ))}
      </ul>
    </>
  );
}

function Opinion({ one, labels }: { readonly one: AnnotatorsMarks; readonly labels: readonly SchemeLabel[] }) {
  const { by, at, marks } = one;
  const drawn = [counted(marks.boxes, 'box', 'boxes'), counted(marks.points, 'point', 'points')];
  const rest = [inWords(marks), ...drawn].filter((part) => part !== '').join(' · ');
  return (
    <li>
      <span class="by" title={at === '' ? undefined : at}>
        {by}
      </span>
      <span class="said">
        {typeof marks.label === 'string' ? (
          <LabelName id={marks.label} labels={labels} />
        ) : (
          <span class="muted">no label</span>
        )}
        {rest !== '' && <span class="muted"> · {rest}</span>}
        {typeof marks.note === 'string' && (
          <q class="words" dir="auto">
            <Visible text={marks.note} />
          </q>
        )}
      </span>
    </li>
  );
}

function counted(marks: readonly unknown[] | null | undefined, one: string, more: string): string {
  const count = marks?.length ?? 0;
  return count === 0 ? '' : `${count} ${count === 1 ? one : more}`;
}
