import type { MappingDraft } from '../../protocol/mapping.js';
import { Icon } from '../shared/icon.js';

interface Parts {
  readonly draft: MappingDraft;
  readonly edit: (draft: MappingDraft) => void;
}

type Choices = readonly (readonly [value: string, words: string])[];

const KINDS: Choices = [
  ['', 'Options and right answers decide'],
  ['choice', 'Choice among options'],
  ['yes-no', 'Yes or no'],
  ['count', 'Counting'],
  ['depth-order', 'Which is nearer to the viewer'],
  ['distance-order', 'Which is closer to another'],
  ['open', 'Open'],
];
const BASES: Choices = [
  ['', 'Values decide'],
  ['0', '0 is the first option'],
  ['1', '1 is the first option'],
];
const CONVENTIONS: Choices = [
  ['', 'It follows from the frame'],
  ['toward-viewer', 'Nearer to the viewer'],
  ['away-from-viewer', 'Farther from the viewer'],
  ['facing', 'Where somebody in the scene faces'],
  ['unstated', 'Nothing says'],
];

/** What holds for the whole file. */
export function Settings({ draft, edit }: Parts) {
  // The choices are those that a mapping knows.
  const set = (part: Partial<Record<keyof MappingDraft, unknown>>): void => edit({ ...draft, ...part } as MappingDraft);
  return (
    <fieldset class="settings">
      <legend>For the whole file</legend>
      <Select
        label="How it is asked"
        value={draft.kind ?? ''}
        choices={KINDS}
        set={(kind) => set({ kind: kind || null })}
      />
      <Select
        label="Numbers of options"
        value={draft.base === null ? '' : String(draft.base)}
        choices={BASES}
        set={(base) => set({ base: base === '' ? null : Number(base) })}
      />
      <Select
        label="What “front” means"
        value={draft.convention ?? ''}
        choices={CONVENTIONS}
        set={(convention) => set({ convention: convention || null })}
      />
      <Field
        label="Model"
        value={draft.model ?? ''}
        hint="Where no column says it"
        set={(model) => set({ model: model || null })}
      />
      <Field
        label="Benchmark"
        value={draft.dataset ?? ''}
        hint="Its name"
        set={(dataset) => set({ dataset: dataset || null })}
      />
      <Field
        label="Files"
        value={draft.match}
        hint="A name, or a pattern such as results/*/answers.csv"
        set={(match) => set({ match })}
      />
    </fieldset>
  );
}

interface SelectParts {
  readonly label: string;
  readonly value: string;
  readonly choices: Choices;
  readonly set: (value: string) => void;
}

function Select({ label, value, choices, set }: SelectParts) {
  return (
    <label class="setting">
      <span>{label}</span>
      <span class="select">
        <select value={value} onChange={(event) => set(event.currentTarget.value)}>
          {choices.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" />
      </span>
    </label>
  );
}

interface FieldParts {
  readonly label: string;
  readonly value: string;
  readonly hint: string;
  readonly set: (value: string) => void;
}

function Field({ label, value, hint, set }: FieldParts) {
  return (
    <label class="setting">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        placeholder={hint}
        title={hint}
        dir="auto"
        spellcheck={false}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}
