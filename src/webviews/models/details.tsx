import type { ComponentChildren } from 'preact';
import type { BackendInfo, Capability } from '../../protocol/modelsPage.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import type { Actions } from './actions.js';
import { GIVES, PROMPTS, sizeOf } from './words.js';

interface Parts {
  readonly info: BackendInfo;
  readonly copy: Actions['copy'];
}

/** So many characters of a hash tell models apart by eye. */
const SHOWN = 12;

/** What a model said when it was tried. */
export function Details({ info, copy }: Parts) {
  const { device, inputSize, memory, weights, prompt, notes, name } = info;
  return (
    <dl class="details">
      <Line term="Runs on">
        <strong>
          <Visible text={device} />
        </strong>
      </Line>
      <NotOn info={info} />
      <Gives info={info} />
      <Line term="Is asked">{PROMPTS[prompt]}</Line>
      <Line term="Images">
        {inputSize === null
          ? 'in a size that depends on the image'
          : `brought to ${inputSize.width} × ${inputSize.height} pixels`}
      </Line>
      <Line term="Memory">{memory === null ? 'not known' : sizeOf(memory)}</Line>
      <Line term="Weights">
        {weights === null ? 'their SHA-256 is not known' : <Hash weights={weights} name={name} copy={copy} />}
      </Line>
      {notes.length > 0 && (
        <Line term="Notes">
          <ul>
            {notes.map((note) => (
              <li key={note}>
                <Visible text={note} />
              </li>
            ))}
          </ul>
        </Line>
      )}
    </dl>
  );
}

/** The faster devices that were tried first, and why they did not answer. */
function NotOn({ info: { tried } }: Pick<Parts, 'info'>) {
  const failed = tried.filter(({ reason }) => reason !== null);
  if (failed.length === 0) return null;
  return (
    <Line term="Not on">
      <ul>
        {failed.map(({ provider, reason }) => (
          <li key={provider}>
            <Visible text={provider} />
            <span class="muted">
              : <Visible text={reason ?? ''} />
            </span>
          </li>
        ))}
      </ul>
    </Line>
  );
}

/** What it can do, and what it cannot. */
function Gives({ info: { capabilities } }: Pick<Parts, 'info'>) {
  const all = Object.keys(GIVES) as Capability[];
  // Where a model writes nothing itself, answers are drawn from its probabilities, by the seed that is given.
  const isDrawn = (each: Capability): boolean => each === 'seed' && !capabilities.includes('generate');
  const lacks = all.filter((each) => !capabilities.includes(each) && !isDrawn(each));
  return (
    <>
      <Line term="Gives">
        <Abilities all={all.filter((each) => capabilities.includes(each))} icon="check" />
      </Line>
      {lacks.length > 0 && (
        <Line term="Does not give">
          <Abilities all={lacks} icon="dash" />
          {lacks.includes('inputGradient') && <p class="muted">Maps are made by occlusion then.</p>}
        </Line>
      )}
    </>
  );
}

function Line({ term, children }: { readonly term: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Abilities({ all, icon }: { readonly all: readonly Capability[]; readonly icon: string }) {
  if (all.length === 0) return <>nothing that was tried</>;
  return (
    <ul class={`abilities ${icon}`}>
      {all.map((each) => (
        <li key={each}>
          <Icon name={icon} />
          <span>{GIVES[each]}</span>
        </li>
      ))}
    </ul>
  );
}

interface HashParts {
  readonly weights: string;
  readonly name: string;
  readonly copy: Actions['copy'];
}

function Hash({ weights, name, copy }: HashParts) {
  return (
    <span class="hash">
      SHA-256{' '}
      <code title={weights}>
        <Visible text={weights.slice(0, SHOWN)} />…
      </code>{' '}
      <button
        type="button"
        class="link"
        aria-label={`Copy the SHA-256 of the weights: ${name}`}
        data-does="hash"
        onClick={() => copy(weights, 'the SHA-256 of the weights')}
      >
        Copy
      </button>
    </span>
  );
}
