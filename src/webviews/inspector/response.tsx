import { useState } from 'preact/hooks';
import type { ItemView } from '../../protocol/rows.js';
import { excerpt } from './passages.js';
import { Visible } from '../shared/visible.js';

/** Longer texts are shown around the mark first. */
const LONG = 4000;
const AROUND = 800;

/** What the model wrote, and what a tool made of it, with the characters marked from which the answer was read. */
export function Response({ item }: { readonly item: ItemView }) {
  const { record, trace } = item;
  const { source, start, end } = trace.answer;
  const range = (of: string) => (of === source && end > start ? { start, end } : null);
  return (
    <section aria-labelledby="response-heading">
      <h2 id="response-heading">Response</h2>
      {record.response === null ? (
        <p class="muted">The file does not hold what the model wrote.</p>
      ) : (
        <Passage text={record.response} mark={range('response')} name="Response" />
      )}
      {record.extracted !== null && (
        <>
          <h3>Extracted answer, as the file gives it</h3>
          <Passage text={record.extracted} mark={range('extracted')} name="Extracted answer" />
        </>
      )}
    </section>
  );
}

interface Parts {
  readonly text: string;
  readonly mark: { readonly start: number; readonly end: number } | null;
  readonly name: string;
}

function Passage({ text, mark, name }: Parts) {
  const [all, setAll] = useState(false);
  if (text === '') return <p class="passage muted">(empty)</p>;
  const folded = text.length > LONG && !all;
  const parts = excerpt(text, mark?.start ?? 0, mark?.end ?? 0, folded ? AROUND : null);
  const hidden = parts.hiddenBefore + parts.hiddenAfter;
  return (
    <>
      <pre class="passage" dir="auto" aria-label={name}>
        {parts.hiddenBefore > 0 && <Hidden count={parts.hiddenBefore} />}
        <Visible text={parts.before} />
        {parts.mark !== '' && (
          <mark title="The answer was read from these characters">
            <Visible text={parts.mark} />
          </mark>
        )}
        <Visible text={parts.after} />
        {parts.hiddenAfter > 0 && <Hidden count={parts.hiddenAfter} />}
      </pre>
      {(hidden > 0 || all) && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
        </button>
      )}
    </>
  );
}

function Hidden({ count }: { readonly count: number }) {
  return <span class="elided">{` … ${count.toLocaleString('en')} characters … `}</span>;
}
