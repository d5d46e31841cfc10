import type { AgreementAnswer, Disagreement } from '../../protocol/agreementPage.js';
import { DISPUTED } from '../../protocol/annotations.js';
import { ERRORS, type Query, type RowKey } from '../../protocol/rows.js';
import { Visible } from '../shared/visible.js';
import { Card, DataTable } from './card.js';
import { fixed, plural, range } from './words.js';

interface Parts {
  readonly answer: AgreementAnswer;
  readonly titleOf: (label: string | null) => string;
  readonly open: (query: Query) => void;
}

const LISTED = 100;

/** Rows by what is said of them: their settled label, and their class. */
function rowsOf(label: string | null, className: string | null): Query {
  const facets = { 'annotation.label': [label ?? DISPUTED], class: [className] };
  return { ...ERRORS, facets };
}

function aboutRule({ answers, shared, settled, amongShared }: AgreementAnswer['rule']): string {
  const told = ({ value, ci95, items }: typeof settled): string =>
    `${fixed(value)} (${range(ci95, (each) => fixed(each))}; ${plural(items, 'answer')})`;
  const which = `${plural(answers, 'answer')} of open runs; the label is that of the judgement between annotators, else the one on which all agree.`;
  if (shared.length === 0) return which;
  const names = shared.map(({ name }) => name).join(', ');
  return `${which} κ of people and rule: ${told(settled)} with all other labels and classes taken as one, ${told(amongShared)} where both name one of ${names}.`;
}

/** What people say against what the rule says. */
export function RuleMatrix({ answer, titleOf, open }: Parts) {
  const { rule, lens, lensVersion } = answer;
  const { labels, classes, counts } = rule;
  if (rule.answers === 0) return null;
  const most = Math.max(1, ...counts.flat());
  return (
    <Card title={`Human labels against the rule, lens ${lens} v${lensVersion}`} about={aboutRule(rule)}>
      <table class="matrix">
        <thead>
          <tr>
            <td class="corner">label ╲ class</td>
            {classes.map((name) => (
              <th key={name} scope="col">
                <span>{(name ?? '(none)').replaceAll('-', ' ')}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, row) => (
            <tr key={label}>
              <th scope="row">{titleOf(label)}</th>
              {classes.map((name, column) => {
                const count = counts[row]?.[column] ?? 0;
                const words = `${titleOf(label)}, ${name ?? 'no class'}: ${count}. Open these rows`;
                return (
                  <td key={name} style={{ '--share': `${Math.round((35 * count) / most)}%` }}>
                    {count > 0 && (
                      <button type="button" title={words} aria-label={words} onClick={() => open(rowsOf(label, name))}>
                        {count}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** Answers on which annotators differ: to be gone through, and judged. */
export function Disagreements({ answer, titleOf, open }: Parts) {
  const all = answer.disagreements;
  const waiting = all.filter(({ adjudicated }) => adjudicated === null);
  if (all.length === 0) return null;
  const queue: Query = { ...ERRORS, facets: { 'annotation.status': ['disputed'] } };
  return (
    <Card
      title={`${plural(all.length, 'answer')} on which annotators differ`}
      about="Open one and decide in the inspector: the judgement is an event of its own, and takes nothing of theirs away."
      tools={
        waiting.length > 0 && (
          <button type="button" class="primary" onClick={() => open(queue)}>
            Go through {waiting.length === 1 ? 'the one' : `the ${waiting.length}`} not judged yet
          </button>
        )
      }
    >
      <DataTable
        heads={['item', 'labels', 'judged', 'class']}
        words={4}
        rows={all
          .slice(0, LISTED)
          .map((each) => [
            <Item key="item" of={each} open={open} />,
            each.labels.map(({ by, label }) => `${by}: ${titleOf(label)}`).join(', '),
            each.adjudicated === null ? 'not yet' : titleOf(each.adjudicated),
            (each.class ?? '(none)').replaceAll('-', ' '),
          ])}
      />
      {all.length > LISTED && <p class="note">… and {all.length - LISTED} more; the list of errors has all of them.</p>}
    </Card>
  );
}

function Item({ of: { item, rows }, open }: { readonly of: Disagreement; readonly open: Parts['open'] }) {
  if (rows.length === 0) return <Visible text={item} />;
  return (
    <button type="button" class="link" title="Open these rows" onClick={() => open(queryOf(rows))}>
      <Visible text={item} />
    </button>
  );
}

/** A query of exactly these rows. */
export function queryOf(rows: readonly RowKey[]): Query {
  const or = rows.map(({ run, row }) => ({
    and: [
      { field: 'run', op: 'eq' as const, value: run },
      { field: 'row', op: 'eq' as const, value: row },
    ],
  }));
  return { ...ERRORS, facets: {}, filter: { or } };
}
