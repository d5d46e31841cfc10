import type { AgreementAnswer, PairAgreement, SampleAnswer } from '../../protocol/agreementPage.js';
import { Card, DataTable } from './card.js';
import { coefficientCells, percent, plural, range } from './words.js';

interface Parts {
  readonly answer: AgreementAnswer;
  /** What people call a label. */
  readonly titleOf: (label: string | null) => string;
}

const HEADS = ['coefficient', 'answers', 'observed', 'by chance', 'value', '95 % CI'];

/** Who labelled how much. */
export function Annotators({ answer }: Parts) {
  const { counts, annotators } = answer;
  const { answers, once, several, agreed, disputed, adjudicated, unlabelled, ofNoOpenRow } = counts;
  return (
    <Card
      title={plural(answers, 'annotated answer')}
      about={`${once} labelled by one, ${several} by several: they agree on ${agreed} and differ on ${disputed}. ${adjudicated} judged between annotators, ${unlabelled} without a label${ofNoOpenRow === 0 ? '' : `, ${ofNoOpenRow} of runs that are not open`}.`}
    >
      <DataTable
        heads={['annotator', 'labelled']}
        words={1}
        rows={annotators.map(({ name, labelled }) => [name, String(labelled)])}
      />
    </Card>
  );
}

function rowsOf(pairs: readonly PairAgreement[], alpha: AgreementAnswer['alpha']): string[][] {
  return [
    ...pairs.map(({ annotators, kappa }) => [annotators.join(', '), 'κ', ...coefficientCells(kappa)]),
    ...(alpha === null ? [] : [['all', 'α', ...coefficientCells(alpha)]]),
  ];
}

/** How far annotators agree, over all labels and for each. */
export function Coefficients({ answer, titleOf }: Parts) {
  const { pairs, alpha, byLabel } = answer;
  if (pairs.length === 0) {
    return (
      <Card title="Agreement of annotators">
        <p class="note">It takes two annotators who labelled the same answers.</p>
      </Card>
    );
  }
  return (
    <>
      <Card
        title="Agreement of annotators"
        about="κ: Cohen’s kappa over the answers that both labelled. α: Krippendorff’s alpha over those that at least two labelled. A dash: nothing varies that could be agreed on."
      >
        <DataTable heads={['annotators', ...HEADS]} words={2} rows={rowsOf(pairs, alpha)} />
      </Card>
      <Card title="Agreement on each label" about="One label against all others. Given: how often annotators gave it.">
        <DataTable
          heads={['label', 'annotators', HEADS[0] ?? '', 'given', ...HEADS.slice(1)]}
          words={3}
          rows={byLabel.flatMap(({ label, title, given, pairs: own, alpha: all }) =>
            rowsOf(own, all).map(([names = '', sign = '', ...cells]) => [
              title === null ? `${label} (not in the scheme)` : titleOf(label),
              ...[names, sign, String(given), ...cells],
            ]),
          )}
        />
      </Card>
    </>
  );
}

/** Rates among all rows, from a sample. */
export function Estimates({ sample, titleOf }: { readonly sample: SampleAnswer; readonly titleOf: Parts['titleOf'] }) {
  const { of, drawn, labelled, unlabelled, notFound, strata, rates, seed, field } = sample;
  const by = field === null ? '' : `, in proportion to ${field}`;
  return (
    <Card
      title={`Rates among ${plural(of, 'row')}, from a sample`}
      about={`${drawn} rows drawn at random with seed ${seed}${by}; ${labelled} of them have a label${unlabelled === 0 ? '' : `, ${unlabelled} have none and count for nothing${notFound === 0 ? '' : ` (${notFound} are not there any more)`}`}. Intervals mind the finite number of rows and the weights of strata (Cochran 1977).`}
    >
      <DataTable
        heads={['label', 'rows', 'rate among all', '95 % CI']}
        words={1}
        rows={rates.map(({ label, count, rate, ci95 }) => [
          titleOf(label),
          String(count),
          ...[percent(rate), range(ci95, percent)],
        ])}
      />
      {strata.length > 1 && (
        <DataTable
          heads={[field ?? 'stratum', 'rows', 'drawn', 'labelled']}
          words={1}
          rows={strata.map((each) => [
            each.value ?? '(none)',
            ...[each.size, each.drawn, each.labelled].map((count) => count.toLocaleString('en')),
          ])}
        />
      )}
    </Card>
  );
}
