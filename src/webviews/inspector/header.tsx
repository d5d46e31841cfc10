import { useEffect, useState } from 'preact/hooks';
import type { Flag } from '../../core/model.js';
import type { InspectorState } from '../../protocol/inspectorPage.js';
import type { ItemView } from '../../protocol/rows.js';
import { ClassChip } from '../shared/classes.js';
import { Icon, Key } from '../shared/icon.js';
import { titled } from '../shared/keys.js';
import { COMMANDS } from './commands.js';
import { useTools } from './context.js';

const FLAGS: Readonly<Record<Flag, readonly [string, string]>> = {
  letterTextConflict: [
    'letter ≠ text',
    'Letter and text of the answer name different options; the letter is followed.',
  ],
  goldConflict: [
    'gold letter ≠ text',
    'Letter and text of the gold answer name different options; the letter is followed.',
  ],
  goldContradicted: [
    'gold contradicted',
    'Gold files contradict each other about this item, so it has no gold answer.',
  ],
  imageAmbiguous: ['image ambiguous', 'Several items of the benchmark fit this row, and their images differ.'],
  frameSwap: ['frame swap', 'The prediction is the right answer in another frame of reference.'],
  storedDiffers: ['verdict differs', "The file's own verdict says otherwise than the answer as read."],
  invalidUtf8: ['invalid UTF-8', 'The row holds bytes that are no UTF-8; they are shown as �.'],
  nonStandardNumber: ['odd number', 'The row holds a number that JSON does not allow, such as NaN.'],
  goldUnmatched: ['gold unmatched', 'The gold answer is none of the options.'],
  optionsUnknown: ['options unknown', 'The options are not known, so answers are compared by letter.'],
};

const FRAMES: Readonly<Record<string, readonly [string, string]>> = {
  camera: ['camera frame', "Left and right are the camera's."],
  person: ['person’s frame', 'Left and right are those of a person in the scene.'],
  object: ['object’s frame', 'Left and right are those of an object in the scene.'],
  imagined: ['imagined frame', 'Left and right are those of somebody who is to be imagined.'],
  unstated: ['frame not stated', 'Neither the data nor the words of the question name a frame of reference.'],
};

const KINDS: Readonly<Record<string, string>> = {
  choice: 'One of the options is to be chosen.',
  'yes-no': 'A statement to judge.',
  count: 'Something is to be counted.',
  'depth-order': 'Which object is closer to the viewer.',
  'distance-order': 'Which object is closer to something else.',
  open: 'An answer in free words.',
};

interface Fact {
  readonly word: string;
  readonly tip: string;
  readonly odd?: boolean;
}

function factsOf({ record }: ItemView): readonly Fact[] {
  const [frame, frameTip] = FRAMES[record.frame] ?? [record.frame, ''];
  const facts: Fact[] = [];
  if (record.drift === false)
    facts.push({ word: 'pure', tip: 'The answer differs from gold on the reversed axis only.' });
  facts.push({ word: frame, tip: frameTip });
  facts.push({ word: record.kind.replaceAll('-', ' '), tip: KINDS[record.kind] ?? 'How the item is asked.' });
  for (const flag of record.flags) {
    const [word, tip] = FLAGS[flag] ?? [flag, 'A remark of the reader.'];
    facts.push({ word, tip, odd: true });
  }
  return facts;
}

interface Parts {
  readonly item: ItemView;
  readonly place: InspectorState['place'];
  readonly pinned: boolean;
}

export function Header({ item, place, pinned }: Parts) {
  return (
    <header class="header">
      <div class="chips">
        <OutcomeChip item={item} />
        <Facts facts={factsOf(item)} />
      </div>
      <Controls item={item} place={place} pinned={pinned} />
      <Announcement item={item} place={place} />
    </header>
  );
}

function OutcomeChip({ item: { outcome, record, annotations } }: { readonly item: ItemView }) {
  switch (outcome) {
    case 'right':
      return (
        <span class="outcome right">
          <Icon name="check" /> right
        </span>
      );
    case 'unanswered':
      return (
        <span class="outcome" title="No answer could be read. It counts as wrong and enters no direction count.">
          <Icon name="circle-slash" /> no answer: {record.status}
        </span>
      );
    case 'no gold':
      return (
        <span class="outcome" title="The data gives no gold answer, so the item stands outside every rate.">
          <Icon name="question" /> no gold
        </span>
      );
    case 'wrong':
      if (record.class !== null) return <ClassChip name={record.class} drift={record.drift} />;
      return (
        <span class="outcome wrong">
          <Icon name="close" /> wrong
          {annotations.hidden && <span class="muted"> · class hidden</span>}
        </span>
      );
  }
}

/** Small chips. What one means is shown under the row while it has the focus or the pointer, and told to screen readers. */
function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const [tip, setTip] = useState<string | null>(null);
  return (
    <>
      {facts.map((fact) => (
        <button
          type="button"
          key={fact.word}
          class={fact.odd === true ? 'fact odd' : 'fact'}
          onFocus={() => setTip(fact.tip)}
          onBlur={() => setTip(null)}
          onMouseEnter={() => setTip(fact.tip)}
          onMouseLeave={() => setTip(null)}
          onKeyDown={(event) => event.key === 'Escape' && setTip(null)}
        >
          {fact.odd === true && <Icon name="warning" />}
          {fact.word}
          <span class="hidden-text">: {fact.tip}</span>
        </button>
      ))}
      {tip !== null && (
        <span class="tip" aria-hidden="true">
          {tip}
        </span>
      )}
    </>
  );
}

function Controls({ item, place, pinned }: Parts) {
  const { host, keys, run } = useTools();
  const title = pinned ? 'Pinned: stays with this item' : 'Follows the selection; pin to stay with this item';
  const copy = (): void => run(host.request('copy', { text: item.record.item }));
  return (
    <div class="controls">
      {place !== null && <Place place={place} />}
      <button
        type="button"
        class="tool"
        aria-pressed={pinned}
        title={titled(title, COMMANDS.pin, keys)}
        onClick={() => run(host.request('pin', { pinned: !pinned }))}
      >
        <Icon name={pinned ? 'pinned' : 'pin'} />
        <span class="hidden-text">Pin</span>
        <Key of={COMMANDS.pin} keys={keys} />
      </button>
      <button type="button" class="tool" title={`Copy the id: ${item.record.item}`} onClick={copy}>
        <Icon name="copy" />
        <span class="hidden-text">Copy item id</span>
      </button>
    </div>
  );
}

function Place({ place }: { readonly place: NonNullable<Parts['place']> }) {
  const { host, keys, run } = useTools();
  const step = (by: 1 | -1) => (): void => run(host.request('step', { by }));
  return (
    <div class="place" role="group" aria-label="Place in the list">
      <button
        type="button"
        class="tool"
        onClick={step(-1)}
        title={titled('Previous item of the list', COMMANDS.previousError, keys)}
      >
        <Icon name="chevron-left" />
        <span class="hidden-text">Previous item of the list</span>
        <Key of={COMMANDS.previousError} keys={keys} />
      </button>
      <span class="count" title="Place in the list that the item was opened from">
        {place.position.toLocaleString('en')} of {place.total.toLocaleString('en')}
      </span>
      <button
        type="button"
        class="tool"
        onClick={step(1)}
        title={titled('Next item of the list', COMMANDS.nextError, keys)}
      >
        <Key of={COMMANDS.nextError} keys={keys} />
        <span class="hidden-text">Next item of the list</span>
        <Icon name="chevron-right" />
      </button>
    </div>
  );
}

/** Says which item has come, to those who do not see it change. Silent about the first. */
function Announcement({ item, place }: Omit<Parts, 'pinned'>) {
  const { record, outcome } = item;
  const words = `Item ${record.item}, ${record.class ?? outcome}${place === null ? '' : `, ${place.position} of ${place.total}`}`;
  const [said, setSaid] = useState('');
  const [first] = useState(words);
  useEffect(() => {
    if (words !== first) setSaid(words);
  }, [words, first]);
  return (
    <span class="hidden-text" role="status" aria-live="polite">
      {said}
    </span>
  );
}
