import type { AnnotatorsMarks, ItemAnnotations, MarkedBox, MarkedPoint } from '../../../protocol/annotations.js';
import type { Size } from '../viewport.js';
import type { Drawing, Layer } from './layer.js';

type Whose = 'mine' | 'theirs' | 'decided';

/** Boxes and points that annotators have drawn. */
export const annotation: Layer = {
  id: 'annotation',
  label: 'Annotation',
  icon: 'edit',
  on: true,
  command: null,
  of: ({ annotations }): Drawing => {
    const count = (of: 'boxes' | 'points'): number =>
      drawnOf(annotations).reduce((sum, [, { marks }]) => sum + (marks[of]?.length ?? 0), 0);
    const [boxes, points] = [count('boxes'), count('points')];
    if (boxes + points === 0) return { drawable: false, words: 'Nobody has drawn on this item.' };
    const words = [counted(boxes, 'box', 'boxes'), counted(points, 'point', 'points')];
    return { drawable: true, words: `${words.filter((part) => part !== '').join(' and ')} of annotators` };
  },
  InPicture: ({ item, index, original }) => (
    <div class="boxes">
      {drawnOf(item.annotations).map(([whose, { by, marks }]) => (
        <OfOne
          key={`${whose} ${by}`}
          {...{ whose, by, original }}
          boxes={of(marks.boxes, index)}
          points={of(marks.points, index)}
        />
      ))}
    </div>
  ),
};

function drawnOf({ mine, others, adjudication }: ItemAnnotations): readonly (readonly [Whose, AnnotatorsMarks])[] {
  return [
    ...others.map((each) => ['theirs', each] as const),
    ...(adjudication === null ? [] : [['decided', adjudication] as const]),
    ...(mine === null ? [] : [['mine', mine] as const]),
  ];
}

const counted = (count: number, one: string, more: string): string =>
  count === 0 ? '' : `${count} ${count === 1 ? one : more}`;

/** Those of one image, each with its number among all. */
function of<Mark extends { readonly image: number }>(all: readonly Mark[] | null | undefined, index: number) {
  return (all ?? []).map((mark, at) => ({ mark, number: at + 1 })).filter(({ mark }) => mark.image === index);
}

interface Numbered<Mark> {
  readonly mark: Mark;
  readonly number: number;
}

interface OfOneParts {
  readonly whose: Whose;
  readonly by: string;
  readonly original: Size;
  readonly boxes: readonly Numbered<MarkedBox>[];
  readonly points: readonly Numbered<MarkedPoint>[];
}

const percent = (fraction: number): string => `${fraction * 100}%`;

function OfOne({ whose, by, original, boxes, points }: OfOneParts) {
  const named = (words: string): string =>
    whose === 'mine' ? words : `${whose === 'decided' ? 'decided' : by}: ${words}`;
  return (
    <>
      {boxes.map(({ mark, number }) => {
        const across = mark.unit === 'pixel' ? original.width : 1;
        const down = mark.unit === 'pixel' ? original.height : 1;
        const style = {
          left: percent(mark.x / across),
          top: percent(mark.y / down),
          width: percent(mark.width / across),
          height: percent(mark.height / down),
        };
        return (
          <div key={`box ${number}`} class={`mark-box ${whose}${mark.y / down < 0.06 ? ' low' : ''}`} style={style}>
            <span dir="auto">{named(mark.label ?? `box ${number}`)}</span>
          </div>
        );
      })}
      {points.map(({ mark, number }) => (
        <div
          key={`point ${number}`}
          class={`mark-point ${whose}`}
          style={{ left: percent(mark.x), top: percent(mark.y) }}
        >
          <span dir="auto">{named(String(number))}</span>
        </div>
      ))}
    </>
  );
}
