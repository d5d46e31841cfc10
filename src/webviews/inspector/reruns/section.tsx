import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ItemView } from '../../../protocol/rows.js';
import { Icon, Key } from '../../shared/icon.js';
import { titled } from '../../shared/keys.js';
import { COMMANDS } from '../commands.js';
import { useTools } from '../context.js';
import { Card } from './card.js';
import { Form } from './form.js';
import type { Reruns } from './useReruns.js';

/** The item, asked again: how, of whom, and what came back. */
export function RerunSection({ item, reruns }: { readonly item: ItemView; readonly reruns: Reruns }) {
  const { host } = useTools();
  const [open, setOpen] = useState(false);
  const prompt = useRef<HTMLTextAreaElement>(null);
  const section = useRef<HTMLElement>(null);
  const { list, start, running, problem, listProblem, choices } = reruns;
  // Where no model could be asked, one can be chosen at once.
  useEffect(() => {
    if (problem !== null && choices.model === null) setOpen(true);
  }, [problem]);
  useLayoutEffect(
    () =>
      host.on('do', ({ what }) => {
        if (what === 'rerun') {
          start();
          section.current?.scrollIntoView({ block: 'nearest' });
        }
        if (what === 'editRerun') {
          setOpen(true);
          requestAnimationFrame(() => prompt.current?.focus());
        }
      }),
    [host, start],
  );
  return (
    <section ref={section} class="rerun" aria-labelledby="rerun-heading" aria-busy={running !== null}>
      <h2 id="rerun-heading">Ask again</h2>
      <Bar reruns={reruns} open={open} toggle={() => setOpen(!open)} />
      {open && <Form item={item} reruns={reruns} prompt={prompt} />}
      {[problem, listProblem, ...list.problems].map(
        (words) =>
          words !== null && (
            <p key={words} class="notice problem" role="alert">
              <Icon name="error" /> <span class="words">{words}</span>
            </p>
          ),
      )}
      {list.reruns.map((rerun) => (
        <Card key={rerun.id} rerun={rerun} item={item} reruns={reruns} />
      ))}
      {list.reruns.length === 0 && running === null && (
        <p class="muted">
          Nothing has been asked again here. What comes back is a run like any other, with its model, seed and maps
          beside it.
        </p>
      )}
    </section>
  );
}

function Bar({
  reruns,
  open,
  toggle,
}: {
  readonly reruns: Reruns;
  readonly open: boolean;
  readonly toggle: () => void;
}) {
  const { keys } = useTools();
  const { running, start } = reruns;
  return (
    <div class="rerun-bar">
      <button
        type="button"
        class="action"
        title={titled('Ask the model this item again', COMMANDS.rerun, keys)}
        aria-disabled={running !== null}
        onClick={start}
      >
        <Icon name="debug-rerun" /> Rerun <Key of={COMMANDS.rerun} keys={keys} />
      </button>
      <button
        type="button"
        class="link"
        aria-expanded={open}
        title={titled('Model, prompt, samples, map', COMMANDS.editRerun, keys)}
        onClick={toggle}
      >
        <Icon name={open ? 'chevron-down' : 'chevron-right'} /> How <Key of={COMMANDS.editRerun} keys={keys} />
      </button>
      {running === null ? <Chosen reruns={reruns} /> : <Progress reruns={reruns} />}
    </div>
  );
}

/** In a few words, what the button will do. */
function Chosen({ reruns: { choices } }: { readonly reruns: Reruns }) {
  const { model, prompt, n, temperature, method } = choices;
  const parts = [
    model === null ? 'the run’s own model' : model,
    ...(prompt === null ? [] : ['another prompt']),
    ...(n === 1 ? [] : [`${n} samples at ${temperature}`]),
    method === null ? 'no map' : method === 'rise' ? 'RISE' : method,
  ];
  return <span class="muted chosen">{parts.join(' · ')}</span>;
}

function Progress({ reruns: { running, cancel } }: { readonly reruns: Reruns }) {
  const partial = running?.partial ?? null;
  const done = partial === null ? 0 : partial.done / Math.max(partial.total, 1);
  return (
    <span class="progress" role="status">
      {partial === null ? <progress aria-label="Asking" /> : <progress aria-label="Making the map" value={done} />}
      <span>{partial === null ? 'Asking …' : `Map: ${partial.done} of ${partial.total}`}</span>
      <button type="button" class="link" onClick={cancel}>
        Cancel
      </button>
    </span>
  );
}
