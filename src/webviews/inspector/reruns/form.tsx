import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { SaliencyMethod } from '../../../protocol/inference.js';
import { METHODS, TARGETS, type RerunModels, type TargetName } from '../../../protocol/rerunPage.js';
import type { ItemView } from '../../../protocol/rows.js';
import { useTools } from '../context.js';
import { METHOD_WORDS } from './overlay.js';
import type { Reruns } from './useReruns.js';

const TARGET_WORDS: Readonly<Record<(typeof TARGETS)[number], string>> = {
  answer: 'the answer it gives',
  gold: 'the right answer',
  'gold-minus-answer': 'the right answer minus the given one',
};

interface Parts {
  readonly item: ItemView;
  readonly reruns: Reruns;
  readonly prompt: RefObject<HTMLTextAreaElement | null>;
}

/** How the item is asked again. What is chosen here holds for the items after it too. */
export function Form({ item, reruns, prompt }: Parts) {
  const { choices, setChoices } = reruns;
  const own = item.record.question ?? '';
  return (
    <div class="rerun-form" role="group" aria-label="How to ask">
      <ModelChoice item={item} reruns={reruns} />
      <label class="wide">
        Prompt
        <textarea
          ref={prompt}
          rows={3}
          spellcheck={false}
          placeholder={own}
          value={choices.prompt ?? ''}
          onInput={({ currentTarget: { value } }) => setChoices({ prompt: value.trim() === '' ? null : value })}
        />
      </label>
      <p class="hint muted wide">
        Left empty, the item is asked as it is. <code>{'{question}'}</code> and <code>{'{options}'}</code> stand for its
        own.{' '}
        {choices.prompt === null && own !== '' && (
          <button type="button" class="link" onClick={() => setChoices({ prompt: own })}>
            Edit its question
          </button>
        )}
      </p>
      <NumberChoice label="Samples" name="n" least={1} step={1} reruns={reruns} />
      <NumberChoice label="Temperature" name="temperature" least={0} step={0.1} reruns={reruns} />
      <NumberChoice label="Seed" name="seed" least={0} step={1} reruns={reruns} />
      <NumberChoice label="Longest answer" name="maxTokens" least={1} step={1} reruns={reruns} />
      <MapChoice item={item} reruns={reruns} />
      <More />
    </div>
  );
}

function MapChoice({ item: { record }, reruns: { choices, setChoices } }: Omit<Parts, 'prompt'>) {
  const options = record.options.map(({ text }): TargetName => `option:${text}`);
  // One that was chosen for another item stays to be seen.
  const known: readonly TargetName[] = [...TARGETS, ...options];
  const others = known.includes(choices.target) ? options : [...options, choices.target];
  return (
    <>
      <label>
        Map
        <select
          value={choices.method ?? ''}
          onChange={({ currentTarget: { value } }) =>
            setChoices({ method: value === '' ? null : (value as SaliencyMethod) })
          }
        >
          <option value="">none</option>
          {METHODS.map((method) => (
            <option key={method} value={method}>
              {METHOD_WORDS[method]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Map of
        <select
          value={choices.target}
          disabled={choices.method === null}
          onChange={({ currentTarget: { value } }) => setChoices({ target: value as TargetName })}
        >
          {TARGETS.map((target) => (
            <option key={target} value={target}>
              {TARGET_WORDS[target]}
            </option>
          ))}
          {[...new Set(others)].map((target) => (
            <option key={target} value={target}>
              {target.slice('option:'.length)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function More() {
  const { host, run } = useTools();
  return (
    <p class="wide">
      <button type="button" class="link" onClick={() => run(host.request('showModels', null))}>
        All models
      </button>
      {' · '}
      <button type="button" class="link" onClick={() => run(host.request('importMaps', null))}>
        Import maps of another tool
      </button>
      {' · '}
      <button type="button" class="link" onClick={() => run(host.request('settings', { about: 'models' }))}>
        Settings
      </button>
    </p>
  );
}

/** The models there are, asked for when the form is opened. */
function ModelChoice({ item, reruns: { choices, setChoices } }: Omit<Parts, 'prompt'>) {
  const { host, run } = useTools();
  const [found, setFound] = useState<RerunModels | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    run(
      host.request('rerunModels', { key: item.key }, controller.signal).then(setFound, (error: unknown) => {
        if (!controller.signal.aborted) throw error;
      }),
    );
    return () => controller.abort();
  }, [host, run, item.key.run]);
  const usual = found?.usual ?? null;
  const isKnown = found === null || choices.model === null || found.models.some(({ id }) => id === choices.model);
  return (
    <label class="wide">
      Model
      <select
        value={choices.model ?? ''}
        onChange={({ currentTarget: { value } }) => setChoices({ model: value === '' ? null : value })}
      >
        <option value="">{usual === null ? 'the run’s own' : `the usual one: ${usual}`}</option>
        {found?.models.map(({ id, name, missing }) => (
          <option key={id} value={id} disabled={missing !== null}>
            {name === id ? id : `${name} (${id})`}
            {missing === null ? '' : ' · cannot be loaded'}
          </option>
        ))}
        {!isKnown && <option value={choices.model ?? ''}>{`${choices.model}: not found`}</option>}
      </select>
      <span class="hint muted">
        {found === null ? 'Looking for models …' : choices.model === null ? found.why : ''}
      </span>
    </label>
  );
}

interface NumberParts {
  readonly label: string;
  readonly name: 'n' | 'temperature' | 'seed' | 'maxTokens';
  readonly least: number;
  readonly step: number;
  readonly reruns: Reruns;
}

function NumberChoice({ label, name, least, step, reruns: { choices, setChoices } }: NumberParts) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={least}
        step={step}
        value={choices[name]}
        onInput={({ currentTarget: { value } }) => value !== '' && setChoices({ [name]: Number(value) })}
      />
    </label>
  );
}
