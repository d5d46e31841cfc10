import type { BackendInfo, FoundModel, InferenceStatus } from '../../../src/protocol/inference.js';
import type { ModelsEvents, ModelsHost, ModelsState } from '../../../src/protocol/modelsPage.js';
import { tell } from './stub.js';

const model = (kind: FoundModel['kind'], id: string, more: Partial<FoundModel> = {}): FoundModel => ({
  ...{ id: `${kind}:${id}`, kind, name: id, where: `/home/user/models/${id}`, bytes: null, missing: null, ...more },
});

const BUNDLED: readonly FoundModel[] = ['augmented', 'baseline'].map((name) =>
  model('bundled', name, {
    name: `Flipside scenes, ${name}`,
    where: `/opt/extensions/flipside/models/${name}.json`,
    bytes: 825_265,
  }),
);

const ALL: readonly FoundModel[] = [
  ...BUNDLED,
  model('onnx', 'two-towers', { where: '/home/user/models/two-towers.json', bytes: 46_200_000 }),
  model('onnx', 'broken', {
    name: 'broken.json',
    where: '/home/user/models/broken.json',
    missing:
      '/home/user/models/broken.json names the graph broken.onnx, which is not there. Put it beside the manifest.',
  }),
  model('transformersjs', 'onnx-community/SmolVLM-256M-Instruct', {
    name: 'SmolVLM-256M-Instruct',
    bytes: 1_830_000_000,
  }),
  model('openai', 'lab/vl-7b', { name: 'vl-7b (lab)', where: 'https://models.example.org:8443/v1' }),
  model('openai', '127.0.0.1:8000', {
    ...{ name: '127.0.0.1:8000', where: 'http://127.0.0.1:8000/v1' },
    missing: 'http://127.0.0.1:8000/v1 does not answer (ECONNREFUSED). Start the server, or correct the address.',
  }),
  model('process', 'mine', { where: 'python3 python/hf_backend.py --model /home/user/checkpoints/vl' }),
];

const SERVERS: ModelsState['servers'] = [
  { name: 'lab', where: 'https://models.example.org:8443/v1', hasKey: true },
  { name: '127.0.0.1:8000', where: 'http://127.0.0.1:8000/v1', hasKey: false },
];

const WEIGHTS = 'a9a19598ba4570c35309da0fc67b7d3c67d962e238869aa858a99ce53fffeb64';

function infoOf({ id, kind, name }: FoundModel): BackendInfo {
  return {
    ...{ id, kind, name, device: 'CPU', prompt: 'question', inputSize: { width: 64, height: 64 }, weights: WEIGHTS },
    tried: [
      { provider: 'CUDA', reason: 'its library is not installed (see "Models on the GPU" in the README)' },
      { provider: 'WebGPU', reason: 'Failed to get a WebGPU adapter: No supported adapters' },
      { provider: 'CPU', reason: null },
    ],
    capabilities: ['optionProbs', 'batch', 'inputGradient', 'tokenGradient', 'detect'],
    ...{ memory: 1_237_898, notes: ['Knows synthetic scenes of coloured shapes only.'] },
  };
}

function serverInfo(found: FoundModel): BackendInfo {
  return {
    ...{ ...infoOf(found), device: 'https://models.example.org:8443/v1', tried: [], prompt: 'chat' },
    ...{ capabilities: ['generate', 'seed'], inputSize: null, weights: null, memory: null, notes: [] },
  };
}

const IDLE: InferenceStatus = { loaded: [], running: null, waiting: 0 };

interface Story {
  readonly models?: readonly FoundModel[];
  readonly state?: Partial<ModelsState>;
  /** Why models cannot be looked for; the second time they are found. */
  readonly failsOnce?: string;
  readonly probe?: (found: FoundModel) => BackendInfo;
  /** What is said when a model is chosen as the default. */
  readonly refusal?: string;
}

function host(story: Story): () => ModelsHost {
  const { models = ALL, state = {}, probe = infoOf, refusal = null } = story;
  return () => {
    let now: ModelsState = {
      ...{ models: null, servers: SERVERS, usual: null, status: IDLE, isTrusted: true, revision: 0 },
      ...state,
    };
    let fails = story.failsOnce ?? null;
    const done = (): Promise<null> => Promise.resolve(null);
    return {
      start: () => Promise.resolve(now),
      find: () => {
        const why = fails;
        fails = null;
        if (why !== null) throw new Error(why);
        now = { ...now, models };
        return Promise.resolve(now);
      },
      probe: ({ model: id }) => {
        const found = models.find((each) => each.id === id);
        if (found === undefined) throw new Error(`There is no model "${id}".`);
        const info = probe(found);
        now = { ...now, status: { ...now.status, loaded: [...now.status.loaded, info] } };
        window.storyEmit('changed', now);
        return Promise.resolve(info);
      },
      useByDefault: ({ model: id }) => {
        now = { ...now, usual: id === null ? null : { setting: id, id } };
        window.storyEmit('changed', now);
        return Promise.resolve(refusal);
      },
      copy: done,
      setKey: done,
      settings: done,
      command: done,
    };
  };
}

const [AUGMENTED, BASELINE] = BUNDLED as [FoundModel, FoundModel];
const MARKUP = '<img src=x onerror=alert(1)>';
const LONG = 'a-model-with-a-name-that-goes-on-'.repeat(6);

const ODD: readonly FoundModel[] = [
  model('onnx', MARKUP, { where: `/models/${MARKUP}`, bytes: 12 }),
  model('openai', `lab/${LONG}`, { name: LONG, where: 'https://models.example.org:8443/v1' }),
  model('openai', 'lab/\u202eevil\u202c', { name: '\u202eevil\u202c', where: 'https://models.example.org:8443/v1' }),
  model('process', 'דגם', { where: 'python3 מודל.py' }),
];

tell<ModelsHost, ModelsEvents>({
  usual: host({}),
  fresh: host({ models: BUNDLED, state: { servers: [] } }),
  loaded: host({
    state: {
      usual: { setting: 'augmented', id: AUGMENTED.id },
      status: { loaded: [infoOf(BASELINE), infoOf(AUGMENTED)], running: 'ask bundled:augmented', waiting: 2 },
    },
  }),
  server: host({ models: ALL.filter(({ kind }) => kind === 'openai'), probe: serverInfo }),
  many: host({
    models: [
      ...BUNDLED,
      ...Array.from({ length: 60 }, (_, at) =>
        model('openai', `lab/model-${at}`, { name: `model-${at} (lab)`, where: 'https://models.example.org:8443/v1' }),
      ),
    ],
  }),
  odd: host({
    models: ODD,
    state: { servers: [{ name: LONG, where: `https://${MARKUP}/v1`, hasKey: true }] },
    probe: (found) => ({ ...infoOf(found), device: MARKUP, notes: [MARKUP, LONG] }),
  }),
  refused: host({
    probe: () => {
      throw new Error(
        '/home/user/models/two-towers.onnx is no ONNX graph (it begins with "<!DOCTYPE"). Export it again.',
      );
    },
  }),
  ended: host({
    state: {
      status: {
        ...IDLE,
        ended:
          'The model process ended (SIGKILL; the model may need more memory than there is: try a smaller one, or fewer pixels). Ask again: it is started anew.',
      },
    },
  }),
  failed: host({
    failsOnce:
      'The model process ended (it could not be started: spawn node ENOENT; check the setting flipside.nodePath). Ask again: it is started anew.',
  }),
  restricted: host({ models: BUNDLED, state: { servers: [], isTrusted: false } }),
  unknownDefault: host({ models: BUNDLED, state: { servers: [], usual: { setting: 'gone', id: null } } }),
  workspaceDefault: host({
    models: BUNDLED,
    state: { servers: [] },
    refusal:
      'Written to your settings, but a setting of this workspace goes before them: flipside.models.default is "baseline" there.',
  }),
});
