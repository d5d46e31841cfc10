import { useEffect, useState } from 'preact/hooks';
import type { RelabelLine, RelabelList } from '../../protocol/annotations.js';
import type { Query } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import { Card, DataTable } from './card.js';
import type { AgreementConnection } from './kept.js';
import { queryOf } from './rule.js';
import { plural } from './words.js';

interface Parts {
  readonly host: AgreementConnection['host'];
  /** Changes when somebody has annotated. */
  readonly revision: number;
  readonly open: (query: Query) => void;
  readonly fail: (error: unknown) => void;
}

const LISTED = 100;

/** Right answers that annotators hold to be wrong: to be reviewed, to be counted with and without, and to be saved as a patch. */
export function Relabels({ host, revision, open, fail }: Parts) {
  const [pending, setPending] = useState(false);
  const [list, setList] = useState<RelabelList | null>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const controller = new AbortController();
    host.request('relabels', { pending }, controller.signal).then((found) => {
      if (!controller.signal.aborted) setList(found);
    }, fail);
    return () => controller.abort();
  }, [host, pending, revision, fail]);
  if (list === null || list.lines.length === 0) return null;
  const { lines, runs, notes } = list;
  const save = (): void =>
    void host.request('savePatch', { pending }).then((written) => {
      if (written !== null) setSaid(`Saved: ${plural(written, 'corrected item')}.`);
    }, fail);
  return (
    <>
      <Card
        title={`${plural(lines.length, 'right answer')} held to be wrong`}
        about="Open one and decide in the inspector: a judgement with a corrected answer accepts it, any other rejects it."
        tools={
          <>
            <label class="check">
              <input type="checkbox" checked={pending} onChange={(event) => setPending(event.currentTarget.checked)} />
              count those not reviewed too
            </label>
            <button type="button" onClick={save}>
              <Icon name="save" /> Save as a patch…
            </button>
          </>
        }
      >
        <DataTable
          heads={['item', 'stated', 'corrected', 'by', 'state', 'notes']}
          words={6}
          rows={lines.slice(0, LISTED).map((line) => cellsOf(line, open))}
        />
        {lines.length > LISTED && <p class="note">… and {lines.length - LISTED} more; flipside relabel lists all.</p>}
        <Notes said={said} notes={notes} />
      </Card>
      <Metrics runs={runs} />
    </>
  );
}

function Notes({ said, notes }: { readonly said: string; readonly notes: readonly string[] }) {
  return (
    <>
      <p class="note" role="status">
        {said}
      </p>
      {notes.slice(0, LISTED).map((note) => (
        <p key={note} class="note">
          <Visible text={note} />
        </p>
      ))}
    </>
  );
}

/** Every number of each run, as stated and corrected. */
function Metrics({ runs }: Pick<RelabelList, 'runs'>) {
  return (
    <>
      {runs.map(({ run, predictions, metrics }) => (
        <Card
          key={run}
          title={`${run}: without and with ${plural(predictions, 'corrected prediction')}`}
          about="Every number of the summary that there is; those that change stand first."
        >
          <DataTable
            heads={['metric', 'as stated', 'corrected']}
            words={1}
            rows={[...metrics]
              .sort((one, other) => Number(one.stated === one.corrected) - Number(other.stated === other.corrected))
              .map(({ name, stated, corrected }) => [
                name,
                stated ?? '–',
                stated === corrected ? <span class="muted">same</span> : (corrected ?? '–'),
              ])}
          />
        </Card>
      ))}
    </>
  );
}

function cellsOf({ item, rows, from, to, by, state, leftOut, notes }: RelabelLine, open: Parts['open']) {
  return [
    rows.length === 0 ? (
      <Visible text={item} />
    ) : (
      <button type="button" class="link" title="Open these rows" onClick={() => open(queryOf(rows))}>
        <Visible text={item} />
      </button>
    ),
    <Visible key="from" text={from ?? '–'} />,
    <Visible key="to" text={to ?? 'not said'} />,
    by.join(', '),
    leftOut === null || leftOut === state ? state : `${state}: ${leftOut}`,
    <Visible key="notes" text={notes.join(' / ')} />,
  ];
}
