import type { ShownRerun } from '../../../protocol/rerunPage.js';
import type { ItemView } from '../../../protocol/rows.js';
import { ClassChip } from '../../shared/classes.js';
import { Answer } from '../../shared/direction.js';
import { Icon } from '../../shared/icon.js';
import { Visible } from '../../shared/visible.js';
import { useTools } from '../context.js';
import { nameOf } from '../kept.js';
import { InsideTable } from './insideTable.js';
import { METHOD_WORDS, percent } from './overlay.js';
import { Tokens } from './tokens.js';
import type { Reruns } from './useReruns.js';

interface Parts {
  readonly rerun: ShownRerun;
  readonly item: ItemView;
  readonly reruns: Reruns;
}

const SOURCES = {
  logits: 'from the model’s outputs for the options',
  logprobs: 'from log-probabilities that the server tells',
  sampled: 'estimated from sampled answers',
} as const;

/** One rerun: the answer and its class, the probabilities, the map, and what it was made with. */
export function Card({ rerun, item, reruns }: Parts) {
  const { answers, probabilities, map, notes } = rerun;
  return (
    <article class="rerun-card" aria-label={`Asked again: ${rerun.model}`}>
      <Head rerun={rerun} item={item} />
      <Answers answers={answers} />
      {probabilities !== null && <Probabilities rerun={rerun} item={item} />}
      {map !== null && (
        <>
          <h3>
            Where it looked: {METHOD_WORDS[map.method]}
            {map.target === null ? '' : ` of ${map.target}`}{' '}
            <button
              type="button"
              class="link"
              aria-pressed={reruns.left?.id === map.id}
              onClick={() => reruns.show('left', map.id)}
            >
              {reruns.left?.id === map.id ? 'on the picture' : 'show'}
            </button>
          </h3>
          <InsideTable source={map} item={item} reruns={reruns} />
          {map.tokens !== null && <Tokens tokens={map.tokens} />}
        </>
      )}
      {[...notes, ...(map?.notes ?? [])].map((note) => (
        <p key={note} class="aside muted" dir="auto">
          <Icon name="info" /> <Visible text={note} />
        </p>
      ))}
      <MadeWith rerun={rerun} />
    </article>
  );
}

function Head({ rerun: { model, read, transforms }, item }: Omit<Parts, 'reruns'>) {
  const { host, run } = useTools();
  const isHere = read !== null && nameOf(read.key) === nameOf(item.key);
  return (
    <header>
      <strong>{model}</strong>
      {transforms.length > 0 && <span class="muted"> {transforms.join(', ')}</span>}
      <span class="ended">
        {read === null ? (
          <span class="muted">being read …</span>
        ) : read.outcome === 'wrong' && read.class !== null ? (
          <ClassChip name={read.class} drift={null} />
        ) : (
          <span class={read.outcome === 'right' ? 'ending gold' : 'ending'}>
            <Icon name={read.outcome === 'right' ? 'check' : 'circle-slash'} /> {read.outcome}
          </span>
        )}
      </span>
      {read !== null && !isHere && (
        <button type="button" class="link" onClick={() => run(host.request('show', { key: read.key }))}>
          Open
        </button>
      )}
      {read !== null && (
        <span class="read muted">
          read as <Answer direction={read.predictedDirection} text={read.predicted} />
        </span>
      )}
    </header>
  );
}

/** The texts as they came; several samples are counted by what they say. */
function Answers({ answers }: { readonly answers: readonly string[] }) {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return (
    <ul class="answers" aria-label={answers.length === 1 ? 'Answer' : `${answers.length} answers`}>
      {sorted.map(([text, count]) => (
        <li key={text}>
          {answers.length > 1 && <span class="muted">{count} × </span>}
          <span class="answer-text" dir="auto">
            {text === '' ? <span class="muted">(empty)</span> : <Visible text={text} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The probability of each option, gold and the likeliest marked. */
function Probabilities({ rerun: { probabilities, source }, item: { record } }: Omit<Parts, 'reruns'>) {
  const all = probabilities ?? [];
  const most = Math.max(...all.map((each) => each ?? 0));
  return (
    <table class="probabilities" aria-label={`Probabilities, ${source === null ? '' : SOURCES[source]}`}>
      <tbody>
        {all.map((probability, index) => {
          const option = record.options[index];
          const words = option?.text ?? String(index + 1);
          const isGold = index === record.goldOption;
          return (
            <tr key={index} class={probability === most ? 'most' : ''}>
              <th scope="row" dir="auto">
                <Visible text={words} /> {isGold && <Icon name="check" />}
                {isGold && <span class="hidden-text">gold</span>}
              </th>
              <td class="share-bar">
                <span style={{ width: `${(probability ?? 0) * 100}%` }} class={isGold ? 'gold' : ''} />
              </td>
              <td class="number">{probability === null ? 'unknown' : percent(probability)}</td>
            </tr>
          );
        })}
      </tbody>
      {source !== null && source !== 'logits' && <caption class="muted">{SOURCES[source]}</caption>}
    </table>
  );
}

function MadeWith({ rerun }: { readonly rerun: ShownRerun }) {
  const { device, created, milliseconds, temperature, seed, prompt } = rerun;
  const parts = [
    device === null ? null : `on ${device}`,
    milliseconds === null
      ? null
      : milliseconds < 10
        ? `${milliseconds.toFixed(1)} ms`
        : `${Math.round(milliseconds)} ms`,
    temperature === null || temperature === 0 ? null : `temperature ${temperature}`,
    seed === null ? null : `seed ${seed}`,
    created === null ? null : new Date(created).toLocaleString(),
  ].filter((each) => each !== null);
  return (
    <div class="made muted">
      {parts.join(' · ')}
      {prompt !== null && (
        <details>
          <summary>Prompt as it was sent</summary>
          <pre class="passage" dir="auto">
            <Visible text={prompt} />
          </pre>
        </details>
      )}
    </div>
  );
}
