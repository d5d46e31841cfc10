import type { ItemView } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';

/** Beyond this a question is a text, and texts are not set in bold. */
const HEADLINE = 240;
/** Options up to this length stand side by side where there is room. */
const SHORT = 32;
/** Options longer than this have the whole width, and their marks below. */
const PARAGRAPH = 80;

export function Question({ item }: { readonly item: ItemView }) {
  const { question } = item.record;
  return (
    <section aria-label="Question and options">
      {question === null ? (
        <p class="muted">The file does not hold the question.</p>
      ) : (
        <h1 class={question.length > HEADLINE ? 'question long' : 'question'} dir="auto">
          <Visible text={question} />
        </h1>
      )}
      <Options item={item} />
    </section>
  );
}

interface Line {
  readonly label: string | null;
  readonly text: string;
  readonly gold: boolean;
  readonly predicted: boolean;
  /** Said instead of a label, where the line is no option. */
  readonly remark?: string;
}

function linesOf({ record }: ItemView): readonly Line[] {
  const { options, goldOption, predictedOption, gold, predicted } = record;
  const lines: Line[] = options.map((option, index) => ({
    ...option,
    gold: index === goldOption,
    predicted: index === predictedOption,
  }));
  const remark = options.length > 0 ? 'none of the options' : undefined;
  const outside = {
    gold: goldOption === null && gold !== null,
    predicted: predictedOption === null && predicted !== null,
  };
  if (outside.gold && outside.predicted && record.correct === true && gold === predicted) {
    return [...lines, { label: null, text: gold ?? '', gold: true, predicted: true, remark }];
  }
  if (outside.gold) lines.push({ label: null, text: gold ?? '', gold: true, predicted: false, remark });
  if (outside.predicted) lines.push({ label: null, text: predicted ?? '', gold: false, predicted: true, remark });
  return lines;
}

function Options({ item }: { readonly item: ItemView }) {
  const lines = linesOf(item);
  const { record } = item;
  const short = lines.length > 1 && lines.every(({ text }) => text.length <= SHORT);
  return (
    <>
      {lines.length > 0 && (
        <ul class={short ? 'options short' : 'options'} aria-label={record.options.length > 0 ? 'Options' : 'Answers'}>
          {lines.map((line, index) => (
            <Row key={index} line={line} item={item} />
          ))}
        </ul>
      )}
      {record.gold === null && <p class="aside muted">No gold answer: nothing here is marked right or wrong.</p>}
      {item.outcome === 'unanswered' && (
        <p class="aside muted">
          No answer was read ({record.status}), so nothing is marked as predicted. It counts as wrong.
        </p>
      )}
    </>
  );
}

function Row({ line, item: { record } }: { readonly line: Line; readonly item: ItemView }) {
  const { label, text, gold, predicted, remark } = line;
  const right = gold || record.correct === true;
  const wrong = predicted && record.correct === false;
  const long = text.length > PARAGRAPH;
  const look = ['option', gold && 'gold', wrong && 'wrong', predicted && 'predicted', long && 'long'];
  return (
    <li class={look.filter(Boolean).join(' ')}>
      {label !== null && <span class="label">{label}</span>}
      <span class="words" dir="auto">
        {text === '' ? <span class="muted">(empty)</span> : <Visible text={text} />}
      </span>
      <span class="marks">
        {remark !== undefined && <span class="muted">{remark}</span>}
        {gold && (
          <span class="mark gold">
            <Icon name="check" /> gold
          </span>
        )}
        {predicted && (
          <span class={`mark ${wrong ? 'wrong' : right ? 'gold' : ''}`}>
            {wrong ? <Icon name="close" /> : right && <Icon name="check" />} predicted
            {record.confidence !== null && (
              <span class="muted" title="The model's confidence in its answer, 0 to 1">
                {' '}
                · confidence {record.confidence.toFixed(2)}
              </span>
            )}
          </span>
        )}
      </span>
    </li>
  );
}
