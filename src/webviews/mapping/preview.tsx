import type { MappingPreview, PreviewRow } from '../../protocol/mapping.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import type { Previewed } from './useMapping.js';

interface Parts {
  readonly previewed: Previewed;
  /** Leads to what decides how answers are read. */
  readonly settings: () => void;
}

/** The first records as the mapping has them read, with what is wrong in words. */
export function Preview({ previewed: { preview, problem, isOld }, settings }: Parts) {
  return (
    <section class="pane preview" aria-label="As it is read" aria-busy={isOld && problem === null}>
      <h2>
        As it is read <span class="muted">{preview === null ? '' : scopeOf(preview)}</span>
        <button
          type="button"
          class="icon"
          title="Settings: by which rule answers are read, by which lens errors are classified"
          onClick={settings}
        >
          <Icon name="settings-gear" />
          <span class="hidden-text">Settings of rule and lens</span>
        </button>
      </h2>
      <div class="state" role="status">
        {problem === null ? preview !== null && <Counts preview={preview} /> : <Problem text={problem} />}
      </div>
      <div
        class={isOld || problem !== null ? 'scroll old' : 'scroll'}
        tabIndex={0}
        role="group"
        aria-label="Parsed rows"
      >
        {preview !== null && preview.rows.length > 0 && <Rows preview={preview} />}
        {preview !== null && preview.rows.length === 0 && problem === null && (
          <p class="muted nothing">No record could be read so: see why above.</p>
        )}
      </div>
      {preview !== null && problem === null && <Warnings preview={preview} />}
    </section>
  );
}

function scopeOf({ read, left, isWhole }: MappingPreview): string {
  const all = read + left;
  return isWhole ? `the file's ${all} records` : `the first ${all} records`;
}

function Problem({ text }: { readonly text: string }) {
  return (
    <p class="problem">
      <Icon name="error" />
      <span>
        <Visible text={text} />
      </span>
    </p>
  );
}

function Counts({ preview }: { readonly preview: MappingPreview }) {
  const { read, left, isRun, outcomes, dropped, problems } = preview;
  const all = read + left;
  const counted = (['right', 'wrong', 'unanswered', 'no gold'] as const).filter((each) => outcomes[each] > 0);
  return (
    <>
      <p>
        <strong>
          {read} of {all}
        </strong>{' '}
        read
        {isRun && read > 0 && `: ${counted.map((each) => `${outcomes[each]} ${WORDS[each]}`).join(', ')}`}
        {!isRun && ', as questions: no column holds answers'}
      </p>
      <p class="muted">
        {problems.length === 0 && dropped.length === 0 && 'Nothing is wrong with these rows.'}
        {problems.map(({ text, count }) => `${text} in ${count} of ${read}`).join('; ')}
        {dropped.map(({ reason, count, row, detail }, index) => (
          <span key={reason} title={detail}>
            {index > 0 || problems.length > 0 ? '; ' : ''}
            {count} of {all} left out: {reason} (first: record {row})
          </span>
        ))}
      </p>
    </>
  );
}

const WORDS = {
  right: 'right',
  wrong: 'wrong',
  unanswered: 'without a readable answer',
  'no gold': 'without a right answer',
};

function Warnings({ preview }: { readonly preview: MappingPreview }) {
  if (preview.warnings.length === 0) return null;
  return (
    <ul class="warnings">
      {preview.warnings.map((warning) => (
        <li key={warning}>
          <Icon name="warning" />
          <span>
            <Visible text={warning} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const HEADINGS = ['#', 'Outcome', 'What is wrong', 'Question', 'Options', 'Right answer', 'Prediction', 'Id', 'Image'];

function Rows({ preview: { rows, isRun } }: { readonly preview: MappingPreview }) {
  return (
    <table>
      <thead>
        <tr>
          {HEADINGS.map((heading) => (
            <th key={heading} scope="col">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.row} row={row} isRun={isRun} />
        ))}
      </tbody>
    </table>
  );
}

const ICONS = { right: 'check', wrong: 'close', unanswered: 'question', 'no gold': 'dash' } as const;

function Row({ row, isRun }: { readonly row: PreviewRow; readonly isRun: boolean }) {
  const { outcome } = row;
  return (
    <tr>
      <td class="number">{row.row}</td>
      <td class={`outcome ${outcome?.replace(' ', '-') ?? ''}`}>
        {outcome === null ? (
          <span class="muted">{isRun ? '–' : 'question'}</span>
        ) : (
          <>
            <Icon name={ICONS[outcome]} /> {outcome}
            {row.class !== null && <span class="muted">, {row.class.replaceAll('-', ' ')}</span>}
          </>
        )}
      </td>
      <td class={row.problems.length === 0 ? 'muted' : 'wrong-words'} title={row.problems.join('; ')}>
        <span class="cell">{row.problems.join('; ') || '–'}</span>
      </td>
      <Text text={row.question} />
      <Text text={row.options.length === 0 ? null : row.options.join(' | ')} />
      <Text text={row.gold} />
      <Text text={row.predicted} />
      <Text text={row.id} />
      <Text text={row.images.length === 0 ? null : row.images.join(', ')} />
    </tr>
  );
}

function Text({ text }: { readonly text: string | null }) {
  return (
    <td title={text ?? 'none'}>
      <span class={text === null ? 'cell muted' : 'cell'} dir="auto">
        {text === null ? '–' : <Visible text={text.replace(/\s+/g, ' ')} />}
      </span>
    </td>
  );
}
