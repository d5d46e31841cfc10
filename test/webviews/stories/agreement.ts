import { agreementOf } from '../../../src/core/analysis/agreement/index.js';
import { estimatesOf } from '../../../src/core/analysis/agreement/estimates.js';
import { drawStrata } from '../../../src/core/analysis/sample.js';
import type { Sample } from '../../../src/core/agreementModel.js';
import type { JudgedAnswer } from '../../../src/core/annotationModel.js';
import { seededUint32 } from '../../../src/core/metrics/random.js';
import { DEFAULT_SCHEME } from '../../../src/core/annotations/scheme.js';
import type {
  AgreementAnswer,
  AgreementEvents,
  AgreementHost,
  AgreementState,
} from '../../../src/protocol/agreementPage.js';
import type { RelabelList } from '../../../src/protocol/annotations.js';
import { RpcError } from '../../../src/protocol/rpc.js';
import { ANNOTATING } from './inspectorAnnotations.js';
import { tell } from './stub.js';

const CLASSES = ['horizontal-flip', 'depth-flip', 'vertical-flip', 'adjacent', 'orthogonal'];
const LABELS = DEFAULT_SCHEME.labels.map(({ id }) => id);
const RUN = 'results/qwen2.5-vl-7b.jsonl';
const SIZES = [1200, 640, 160];

/** Answers with labels of these annotators, who agree more often than not; drawn with a seed. */
function judgedBy(names: readonly string[], count: number): JudgedAnswer[] {
  const next = seededUint32(7);
  const below = (most: number): number => Math.floor((next() / 2 ** 32) * most);
  return Array.from({ length: count }, (_, at) => {
    const rule = CLASSES[below(CLASSES.length)] ?? null;
    const own =
      below(3) > 0 && rule !== null && LABELS.includes(rule) ? rule : (LABELS[below(LABELS.length)] ?? 'other');
    const said = names
      .filter(() => below(5) > 0)
      .map((name) => [name, below(4) > 0 ? own : (LABELS[below(LABELS.length)] ?? 'other')] as const);
    const isDisputed = new Set(said.map(([, label]) => label)).size > 1;
    return {
      rows: [{ run: RUN, row: at + 1 }],
      item: `q-${at + 1}`,
      labels: new Map(said),
      adjudicated: isDisputed && below(3) === 0 ? own : null,
      class: rule,
    };
  });
}

function answerOf(judged: readonly JudgedAnswer[], more: Partial<AgreementAnswer> = {}): AgreementAnswer {
  const report = agreementOf(judged, DEFAULT_SCHEME, CLASSES);
  return { ...report, lens: 'axes', lensVersion: '3', sample: null, problems: [], stale: 0, ...more };
}

function sampled(judged: readonly JudgedAnswer[]): AgreementAnswer['sample'] {
  const allocation = [60, 32, 8];
  const strata = SIZES.map((size, at) => ({ value: CLASSES[at] ?? null, size, drawn: allocation[at] ?? 0 }));
  const sample: Sample = {
    ...{ seed: 1, n: 100, of: 2000, filter: null, lens: 'axes', lensVersion: '3', field: 'class', strata },
    rows: drawStrata(SIZES, allocation, 1).map(({ stratum }, at) => ({
      ...{ run: RUN, row: at + 1, item: `q-${at + 1}`, stratum },
    })),
  };
  const found = sample.rows.map(({ run, row }) => ({ run, row }));
  const file = '/home/me/study/.flipside/samples/sample-100-by-class-seed-1.json';
  return { file, seed: 1, field: 'class', filter: null, ...estimatesOf(sample, judged, DEFAULT_SCHEME, found) };
}

const SAMPLE = {
  file: '/home/me/study/.flipside/samples/sample-100-by-class-seed-1.json',
  name: 'sample-100-by-class-seed-1',
};

function host(answer: AgreementAnswer | Error, state: Partial<AgreementState> = {}): () => AgreementHost {
  const start: AgreementState = {
    ...{ id: 'one', emptiness: null, message: null, annotating: ANNOTATING, samples: [SAMPLE], revision: 0 },
    ...state,
  };
  const done = (): Promise<null> => Promise.resolve(null);
  return () => ({
    start: () => Promise.resolve(start),
    load: ({ sample }) => {
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve(sample === null ? answer : { ...answer, sample: sampled(judgedBy(['ada', 'bo'], 90)) });
    },
    relabels: ({ pending }) => Promise.resolve(relabelsOf(answer, pending)),
    savePatch: () => Promise.resolve(2),
    open: done,
    drawSample: () => Promise.resolve(SAMPLE.file),
    copy: done,
    command: done,
  });
}

const NO_RELABELS: RelabelList = { lines: [], runs: [], notes: [], written: null };

function relabelsOf(answer: AgreementAnswer | Error, pending: boolean): RelabelList {
  if (answer instanceof Error || answer.annotators.length < 2) return NO_RELABELS;
  const line = { by: ['ada'], notes: ['The cup stands behind the jar.'], rows: [{ run: RUN, row: 4 }] };
  const count = pending ? '61/90' : '60/90';
  return {
    lines: [
      { ...line, item: 'q-4', from: 'left', to: 'behind', state: 'accepted', leftOut: null },
      {
        ...line,
        item: 'q-7',
        from: 'front',
        to: 'left',
        state: 'not reviewed',
        leftOut: pending ? null : 'not reviewed',
      },
      { ...line, item: 'q-9', from: 'above', to: null, state: 'not reviewed', leftOut: 'names no correction' },
    ],
    runs: [
      {
        ...{ run: RUN, predictions: pending ? 2 : 1 },
        metrics: [
          { name: 'right', stated: '59/90', corrected: count },
          { name: 'horizontal-flip', stated: '11', corrected: '10' },
          { name: 'chance', stated: '25.0 %', corrected: '25.0 %' },
        ],
      },
    ],
    ...{ notes: [], written: null },
  };
}

const LINE = '/home/me/study/.flipside/annotations/bo.jsonl';

tell<AgreementHost, AgreementEvents>({
  two: host(answerOf(judgedBy(['ada', 'bo'], 90))),
  three: host(answerOf(judgedBy(['ada', 'bo', 'cy-with-quite-a-long-name'], 160))),
  one: host(answerOf(judgedBy(['ada'], 12))),
  empty: host(answerOf([])),
  problems: host(
    answerOf(judgedBy(['ada', 'bo'], 30), {
      stale: 3,
      problems: [
        { file: LINE, line: 17, reason: 'a mark of a merge conflict: what stands on both sides counts' },
        { file: LINE, line: 40, reason: 'no JSON' },
      ],
    }),
  ),
  blind: host(answerOf([]), { annotating: { ...ANNOTATING, blind: true } }),
  failing: host(new RpcError('The sample sample.json is no sample: "rows" must be a list.', 'expected')),
  noFolder: host(answerOf([]), { id: null, emptiness: 'no folder' }),
});
