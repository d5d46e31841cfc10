import { hueOf } from '../shared/classes.js';
import { Icon } from '../shared/icon.js';
import type { FacetValue, Outcome } from '../../protocol/rows.js';
import type { ErrorBrowser } from './browser.js';
import { count, shortCount } from './numbers.js';
import { isChosen, toggled } from './queries.js';
import { useTopics } from './topic.js';

/** How wide chips usually are, in pixels: room is left for them, so that rows do not move when the counts come. */
const WAITING = { class: [104, 109, 80, 83, 84, 82], outcome: [84, 108, 74] };

interface ChipsProps {
  readonly browser: ErrorBrowser;
  readonly field: keyof typeof WAITING;
}

/** The values of one field as chips that can be chosen, several at a time. */
export function Chips({ browser, field }: ChipsProps) {
  useTopics(browser.head);
  const facet = browser.facets.get(field);
  // Rows without a class are the unanswered and right ones, which have chips of their own.
  const known = facet?.values.filter(({ value }) => value !== null || isChosen(browser.query, field, value)) ?? [];
  const values = field === 'outcome' ? [...known].sort((a, b) => rank(a) - rank(b)) : known;
  return (
    <div
      class={field === 'class' ? 'chips' : 'chips plain-values'}
      role="group"
      aria-label={field}
      onKeyDown={alongChips}
    >
      {values.map((value) => (
        <Chip key={String(value.value)} browser={browser} field={field} of={value} />
      ))}
      {facet === undefined && <Waiting widths={WAITING[field]} />}
    </div>
  );
}

/** Arrows go along the chips, which are many stops on the way of Tab. */
function alongChips(event: KeyboardEvent): void {
  const chip = event.target instanceof HTMLElement ? event.target : null;
  const next = { ArrowRight: chip?.nextElementSibling, ArrowLeft: chip?.previousElementSibling }[event.key];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}

function Waiting({ widths }: { readonly widths: readonly number[] }) {
  return (
    <>
      {widths.map((width, at) => (
        <span key={at} class="toggle-chip waiting" style={{ width: `${width}px` }} />
      ))}
    </>
  );
}

/** Where chips will stand, before anything is known of them. */
export function WaitingRows() {
  return (
    <div class="chip-rows">
      <div class="chips">
        <Waiting widths={WAITING.class} />
      </div>
      <div class="chips">
        <Waiting widths={WAITING.outcome} />
      </div>
    </div>
  );
}

const OUTCOMES: readonly FacetValue['value'][] = ['wrong', 'unanswered', 'right', 'no gold'] satisfies Outcome[];

/** Outcomes stand from what is looked for to what is not, whatever their numbers. */
function rank({ value }: FacetValue): number {
  return OUTCOMES.indexOf(value);
}

interface ChipProps {
  readonly browser: ErrorBrowser;
  readonly field: string;
  readonly of: FacetValue;
}

function Chip({ browser, field, of: { value, label, count: rows } }: ChipProps) {
  const chosen = isChosen(browser.query, field, value);
  const hue = field === 'class' ? hueOf(value === null ? null : String(value)) : 'other';
  const stale = browser.facets.isStale(field);
  const word = field === 'class' ? label.replace(/-flip$/, '').replaceAll('-', ' ') : label;
  return (
    <button
      type="button"
      class={`toggle-chip hue-${hue}${rows === 0 ? ' empty' : ''}`}
      aria-pressed={chosen}
      title={stale ? label : `${label}: ${count(rows)} of the rows that all other conditions keep`}
      onClick={() => browser.ask(toggled(browser.query, field, value))}
    >
      {chosen ? <Icon name="check" /> : <span class="swatch" />}
      <span class="word">{word}</span>
      <span class={stale ? 'muted stale' : 'muted'}>{shortCount(rows)}</span>
    </button>
  );
}
