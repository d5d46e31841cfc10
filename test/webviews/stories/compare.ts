import type {
  CompareEvents,
  CompareHost,
  CompareRun,
  CompareState,
  Treatment,
} from '../../../src/protocol/comparePage.js';
import {
  comparison,
  foreign,
  LONG,
  many,
  noGold,
  oneItem,
  RUNS,
  sampled,
  same,
  treatment,
  TURNED,
} from './compareData.js';
import { tell } from './stub.js';

interface Story {
  readonly state?: Partial<CompareState>;
  readonly runs?: readonly CompareRun[];
  readonly make?: (id: string) => Treatment;
  readonly fails?: string;
}

function usual(id: string): Treatment {
  if (id.includes('pope')) return foreign(id);
  const chance = { difference: -0.004, differenceCi95: [-0.03, 0.022], mcnemarP: 0.81, mcnemarPHolm: 0.81 } as const;
  return id.includes('prompted') ? treatment(id, { fixed: 63, broken: 65, ...chance, warnings: [] }) : treatment(id);
}

function host({ state = {}, runs = RUNS, make = usual, fails }: Story): () => CompareHost {
  const now: CompareState = {
    ...{ id: 'first', emptiness: null, message: null, lens: 'axes, version 3', asked: null },
    runs,
    ...state,
  };
  const done = (): Promise<null> => Promise.resolve(null);
  return () => ({
    start: () => Promise.resolve(now),
    compare: ({ base, treatments, target }) => {
      if (fails !== undefined) throw new Error(fails);
      const made = treatments.map(make).map((each) => ({ ...each, forgetting: { ...each.forgetting, target } }));
      return Promise.resolve(comparison(base, made));
    },
    ...{ open: done, copy: done, command: done },
  });
}

const nothing = (
  emptiness: NonNullable<CompareState['emptiness']>,
  message: string | null = null,
): (() => CompareHost) => host({ state: { id: null, emptiness, message, lens: '' }, runs: [] });

const TWO = RUNS.slice(0, 2);
const ODD_RUNS = TWO.map((run, at) => ({ ...run, model: `${TURNED} ${at}`, dataset: null, items: 1 }));
const LONG_RUNS = RUNS.map((run, at) => ({ ...run, model: at === 1 ? LONG : run.model, dataset: 'one' }));

tell<CompareHost, CompareEvents>({
  usual: host({}),
  two: host({ runs: TWO }),
  oneRun: host({ runs: RUNS.slice(0, 1) }),
  foreign: host({
    runs: [...RUNS.slice(0, 1), { ...(RUNS[3] ?? TWO[0]), dataset: 'ViewSpatial-Bench' } as CompareRun],
  }),
  noGold: host({ runs: TWO, make: noGold }),
  sampled: host({ runs: TWO, make: sampled }),
  same: host({ runs: TWO, make: same }),
  odd: host({ runs: ODD_RUNS, make: oneItem }),
  many: host({ runs: LONG_RUNS, make: many }),
  failing: host({ runs: TWO, fails: 'The index could not answer this; the log says why.' }),
  asked: host({ state: { asked: { base: RUNS[1]?.id ?? '', treatments: [RUNS[1]?.id ?? '', RUNS[2]?.id ?? ''] } } }),
  noFolder: nothing('no folder'),
  restricted: nothing('restricted'),
  indexing: nothing('indexing', 'Reading result.csv …'),
  nothingFound: nothing('nothing found'),
  failed: nothing('failed', 'The disk is full.'),
});
