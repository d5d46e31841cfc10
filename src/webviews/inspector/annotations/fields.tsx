import { useRef, useState } from 'preact/hooks';
import type { Marks } from '../../../protocol/annotations.js';
import type { ItemView } from '../../../protocol/rows.js';
import { Icon } from '../../shared/icon.js';
import type { Keeper } from '../kept.js';
import { FieldState } from './fieldState.js';
import type { Annotations } from './useAnnotations.js';

/** Classes that an error may be held to have. */
const CLASSES: readonly string[] = [
  ...['horizontal-flip', 'depth-flip', 'vertical-flip', 'adjacent', 'orthogonal', 'opposite'],
  ...['same-direction', 'non-directional'],
];
const SURE: readonly number[] = [0.25, 0.5, 0.75, 1];
/** From this width on, the fields stand open where nobody has folded them. */
const WIDE = 600;

interface Parts {
  readonly item: ItemView;
  readonly annotations: Annotations;
}

/** What is said more seldom: how sure one is, another right answer, another class. Folded where there is little room. */
export function Fields({ item, annotations, keeper }: Parts & { readonly keeper: Keeper }) {
  const [chosen, setChosen] = useState<boolean | null>(keeper.now.more);
  const isOpen = chosen ?? window.innerWidth >= WIDE;
  const toggle = (): void => {
    setChosen(!isOpen);
    keeper.change({ more: !isOpen });
  };
  const words = isOpen ? '' : inWords(annotations.marks);
  return (
    <div class="more">
      <button type="button" class="link" aria-expanded={isOpen} onClick={toggle}>
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} /> More
      </button>
      {words !== '' && <span class="muted in-words">{words}</span>}
      {isOpen && (
        <div class="annotation-fields">
          <Confidence annotations={annotations} />
          <Gold item={item} annotations={annotations} />
          <ClassChoice item={item} annotations={annotations} />
        </div>
      )}
    </div>
  );
}

/** "75 % sure · gold: To the left · class: opposite": what of it is said. */
export function inWords({ confidence, gold, class: name }: Marks): string {
  const parts = [
    typeof confidence === 'number' ? `${Math.round(confidence * 100)} % sure` : null,
    typeof gold === 'string' ? `gold: ${gold}` : null,
    typeof name === 'string' ? `class: ${name.replaceAll('-', ' ')}` : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** Buttons rather than radio inputs: those count as text fields, in which keys give no labels. */
function Confidence({ annotations: { marks, own, say } }: Pick<Parts, 'annotations'>) {
  const group = useRef<HTMLSpanElement>(null);
  const values: readonly (number | null)[] = [null, ...SURE];
  const now = marks.confidence ?? null;
  // One that another tool has written may lie between.
  const chosen = now === null ? 0 : values.findIndex((value) => value !== null && value >= now);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = Math.min(Math.max(chosen + by, 0), values.length - 1);
    const buttons = group.current?.querySelectorAll('button');
    buttons?.[to]?.focus();
    if (to !== chosen) say({ confidence: values[to] ?? null });
  };
  return (
    <span class="field">
      <span class="name" id="confidence-name">
        Confidence <FieldState own={own} field="confidence" />
      </span>
      <span ref={group} class="steps" role="radiogroup" aria-labelledby="confidence-name" onKeyDown={onKeyDown}>
        {values.map((value, at) => (
          <button
            key={at}
            type="button"
            role="radio"
            aria-checked={at === chosen}
            tabIndex={at === chosen ? 0 : -1}
            onClick={() => value !== now && say({ confidence: value })}
          >
            {value === null ? 'none' : `${value * 100} %`}
          </button>
        ))}
      </span>
    </span>
  );
}

function Gold({ item: { record }, annotations: { marks, own, say } }: Parts) {
  const stated = record.gold;
  const texts =
    record.kind === 'yes-no' && record.options.length === 0 ? ['yes', 'no'] : record.options.map(({ text }) => text);
  const others = texts.filter((text, at) => at !== record.goldOption && text !== stated);
  const now = marks.gold ?? '';
  const all = [...new Set(now === '' ? others : [...others, now])];
  return (
    <label class="field">
      <span class="name">
        Corrected gold <FieldState own={own} field="gold" />
      </span>
      <select
        value={now}
        disabled={all.length === 0}
        title={
          all.length === 0
            ? 'The item states no options to choose from'
            : 'The right answer, where the stated one is wrong'
        }
        onChange={({ currentTarget: { value } }) => say({ gold: value === '' ? null : value })}
      >
        <option value="">{stated === null ? 'none is stated' : `as stated: ${stated}`}</option>
        {all.map((text) => (
          <option key={text} value={text}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function ClassChoice({ item: { record }, annotations: { marks, own, say } }: Parts) {
  const now = marks.class ?? '';
  const all = now === '' || CLASSES.includes(now) ? CLASSES : [...CLASSES, now];
  const rule = record.class === null ? '' : `: ${record.class.replaceAll('-', ' ')}`;
  return (
    <label class="field">
      <span class="name">
        Class <FieldState own={own} field="class" />
      </span>
      <select
        value={now}
        title="The class that the error should have, where the rule's is wrong"
        onChange={({ currentTarget: { value } }) => say({ class: value === '' ? null : value })}
      >
        <option value="">as the rule says{rule}</option>
        {all.map((name) => (
          <option key={name} value={name}>
            {name.replaceAll('-', ' ')}
          </option>
        ))}
      </select>
    </label>
  );
}
