import type { Row } from '../../protocol/rows.js';
import { ClassChip } from '../shared/classes.js';
import { Answer } from '../shared/direction.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import type { Thumbnail } from './thumbnails.js';

interface Props {
  readonly row: Row;
  /** Whether rows leave room for a picture. */
  readonly picture: boolean;
  readonly thumbnail: Thumbnail | undefined;
  /** What people call a label. */
  readonly titleOf: (label: string) => string;
}

/** One prediction at a glance: picture, question, what was right and what was said, the kind of error, the task. */
export function RowLine({ row, picture, thumbnail, titleOf }: Props) {
  const question = row.question === null || row.question.trim() === '' ? row.item : row.question;
  return (
    <>
      {picture && <Picture row={row} thumbnail={thumbnail} />}
      <span class="text">
        <span class="first">
          <span class="question" dir="auto" title={question}>
            <Visible text={question} />
          </span>
          <Label row={row} titleOf={titleOf} />
        </span>
        <span class="second">
          <Answers row={row} />
          {row.isClassHidden === true ? (
            <span class="chip hue-other" title="Blind: the class is told once the row has a label of yours">
              <Icon name="eye-closed" /> class hidden
            </span>
          ) : row.class === null ? (
            <span class="chip hue-other">{row.outcome}</span>
          ) : (
            <ClassChip name={row.class} drift={row.drift} short />
          )}
          {row.task !== null && (
            <span class="task muted" dir="auto" title={row.task}>
              <Visible text={row.task} />
            </span>
          )}
        </span>
      </span>
    </>
  );
}

/** What people say of the row: the settled label, or that they differ. */
function Label({ row, titleOf }: Pick<Props, 'row' | 'titleOf'>) {
  const { annotation } = row;
  if (annotation === undefined) return null;
  const { label, mine, status } = annotation;
  const word = status === 'disputed' ? 'disputed' : label === null ? status : titleOf(label);
  const own = mine === null ? '' : `; mine: ${titleOf(mine)}`;
  return (
    <span class={`chip label-of-people${status === 'disputed' ? ' disputed' : ''}`} title={`${word} (${status}${own})`}>
      <Icon name={status === 'disputed' ? 'question' : status === 'stale' ? 'history' : 'tag'} />
      <span class="hidden-text">label </span>
      <span class="class">{word}</span>
    </span>
  );
}

function Picture({ row, thumbnail }: { readonly row: Row; readonly thumbnail: Thumbnail | undefined }) {
  if (thumbnail !== undefined && 'url' in thumbnail)
    return <img class="thumbnail" src={thumbnail.url} alt="" decoding="async" draggable={false} />;
  const broken = thumbnail !== undefined && 'message' in thumbnail ? thumbnail.message : undefined;
  return (
    <span class={`thumbnail${row.images === 0 ? ' none' : ''}`} title={broken}>
      {broken !== undefined && <Icon name="file-media" />}
    </span>
  );
}

/** A direction is told by its arrow alone where its word has no room: half a word may be half of another. */
function shapeOf(direction: string | null): string {
  return direction === null ? '' : 'directed';
}

/** Gold with a tick, then what was predicted with a cross; one of the two where they are the same. */
function Answers({ row }: { readonly row: Row }) {
  const predicted = row.predicted ?? row.predictedDirection;
  const mark = row.outcome === 'no gold' ? 'dash' : 'close';
  return (
    <span class="answers">
      {row.outcome !== 'no gold' && (
        <span
          class={`side gold ${shapeOf(row.goldDirection)}`}
          title={`Gold: ${row.gold ?? row.goldDirection ?? 'none'}`}
        >
          <Icon name="check" />
          <span class="hidden-text">gold </span>
          <span class="word" dir="auto">
            <Answer direction={row.goldDirection} text={row.gold} />
          </span>
        </span>
      )}
      {row.outcome === 'wrong' && <Icon name="arrow-small-right" />}
      {row.outcome === 'unanswered' && <Icon name="arrow-small-right" />}
      {row.outcome !== 'right' && (
        <span
          class={`side ${mark === 'close' ? 'wrong' : ''} ${predicted === null ? 'none' : shapeOf(row.predictedDirection)}`}
          title={`Predicted: ${predicted ?? 'no answer'}`}
        >
          <Icon name={mark} />
          <span class="hidden-text">predicted </span>
          <span class="word" dir="auto">
            {predicted === null ? (
              <em class="muted">no answer</em>
            ) : (
              <Answer direction={row.predictedDirection} text={row.predicted} />
            )}
          </span>
        </span>
      )}
    </span>
  );
}
