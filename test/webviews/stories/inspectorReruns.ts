import type { GridMap } from '../../../src/protocol/inference.js';
import type { InspectorHost } from '../../../src/protocol/inspectorPage.js';
import type { ItemReruns, MapSource, ShownRerun } from '../../../src/protocol/rerunPage.js';

type RerunHost = Pick<InspectorHost, 'reruns' | 'rerunModels' | 'rerun' | 'maps' | 'showModels' | 'importMaps'>;

const AT = '2026-11-30T08:00:00.000Z';

function source(id: string, method: MapSource['method'], target: string | null): MapSource {
  const tokens = method === 'gradient' ? words('Where is the banana from the table ?', [2, 1, 1, 9, 4, 1, 7, 0]) : null;
  const from = method === 'imported' ? 'grad-cam' : 'augmented';
  const notes = method === 'occlusion' ? ['The model gives no gradients. Occlusion was used instead.'] : [];
  return { id, method, target, from, tokens, notes };
}

function words(text: string, weights: readonly number[]): MapSource['tokens'] {
  return text.split(' ').map((word, at) => ({ text: word, weight: (weights[at] ?? 0) / 100 }));
}

function rerun(id: string, part: Partial<ShownRerun>): ShownRerun {
  return {
    ...{
      id,
      model: 'augmented',
      device: 'CPU',
      created: AT,
      prompt: 'Where is the banana from the table?',
      transforms: [],
    },
    ...{ answers: ['To the left'], probabilities: [0.938, 0.052, 0.007, null], source: 'logits' as const },
    ...{ temperature: 0, seed: 0, milliseconds: 6.31, notes: ['The model does not know the word "banana".'] },
    read: {
      ...{ key: { run: '.flipside/reruns/a.jsonl', row: 1 }, outcome: 'right' as const },
      ...{ class: null, predicted: 'To the left', predictedDirection: 'left' },
    },
    ...{ map: source(id, 'gradient', 'To the left'), ...part },
  };
}

const SEVERAL: ItemReruns = {
  reruns: [
    rerun('new', { read: null, map: source('new', 'occlusion', 'To the left'), created: '2026-11-30T08:02:00.000Z' }),
    rerun('first', {}),
    rerun('sampled', {
      ...{ model: 'a-model-of-a-server-with-a-long-name-7b-instruct', device: 'http://127.0.0.1:8000/v1' },
      ...{
        answers: ['B', 'B. To the right', 'B', 'I cannot tell.'],
        probabilities: [0, 0.75, 0, 0],
        source: 'sampled',
      },
      ...{ temperature: 0.7, seed: 3, milliseconds: 5210, notes: [], transforms: ['prompt'], map: null },
      read: {
        ...{ key: { run: '.flipside/reruns/b.jsonl', row: 1 }, outcome: 'wrong' },
        ...{ class: 'horizontal-flip', predicted: 'B', predictedDirection: 'right' },
      },
    }),
  ],
  imported: [source('other', 'imported', null)],
  problems: [],
};

/** A map with something where each of the stories' boxes lies. */
function mapOf(edge: number, noise: number): GridMap {
  const values = Float32Array.from({ length: edge * edge }, (_, at) => {
    const [x, y] = [((at % edge) + 0.5) / edge, (Math.floor(at / edge) + 0.5) / edge];
    const hill = (atX: number, atY: number): number => Math.exp(-((x - atX) ** 2 + (y - atY) ** 2) / 0.01);
    return hill(0.3, 0.55) + 0.5 * hill(0.65, 0.5) + noise * (((at * 7919) % 97) / 97);
  });
  return { width: edge, height: edge, values };
}

const MAPS: Readonly<Record<string, readonly (GridMap | null)[]>> = {
  new: [mapOf(16, 0.05)],
  first: [mapOf(96, 0.4)],
  other: [mapOf(24, 0)],
};

/** What the extension answers about reruns. `asked`: a story in which something was asked again before. */
export function rerunHost(asked: boolean, emit: (name: string, payload: unknown) => void): RerunHost {
  const done = (): Promise<null> => Promise.resolve(null);
  let list: ItemReruns = asked ? SEVERAL : { reruns: [], imported: [], problems: [] };
  return {
    reruns: () => Promise.resolve(list),
    rerunModels: () =>
      Promise.resolve({
        models: [
          {
            ...{ id: 'bundled:augmented', kind: 'bundled', name: 'augmented', where: '/models' },
            bytes: 800_000,
            missing: null,
          },
          {
            ...{
              id: 'openai:127.0.0.1:8000',
              kind: 'openai',
              name: '127.0.0.1:8000',
              where: 'http://127.0.0.1:8000/v1',
            },
            bytes: null,
            missing: 'The server does not answer.',
          },
        ],
        ...{ usual: 'bundled:augmented', why: 'The model of the setting flipside.models.default.' },
      }),
    rerun: async ({ choices }, signal) => {
      if (choices.prompt === 'fail')
        throw new Error('The model process ended (SIGKILL). Ask again: it is started anew.');
      if (choices.method === 'occlusion') {
        emit('partial', { maps: MAPS['new'], done: 40, total: 87 });
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        signal.throwIfAborted();
      }
      const [, answer] = SEVERAL.reruns;
      if (answer === undefined) throw new Error('The story holds no rerun.');
      list = { ...list, reruns: [answer, ...list.reruns.filter(({ id }) => id !== answer.id)] };
      return answer;
    },
    maps: ({ id }) => Promise.resolve(MAPS[id] ?? []),
    ...{ showModels: done, importMaps: done },
  };
}
