import type { InspectorEvents, InspectorHost, InspectorState } from '../../../src/protocol/inspectorPage.js';
import type { ItemView, Picture } from '../../../src/protocol/rows.js';
import { ANNOTATED, annotateHost, annotated, ANNOTATING } from './inspectorAnnotations.js';
import { ITEMS } from './inspectorItems.js';
import { draw } from './inspectorPictures.js';
import { rerunHost } from './inspectorReruns.js';
import { tell } from './stub.js';

const KEYS = {
  'flipside.toggleCompass': 'c',
  'flipside.toggleBoxes': 'b',
  'flipside.zoomIn': '=',
  'flipside.zoomOut': '-',
  'flipside.zoomToFit': '0',
  'flipside.nextError': 'n',
  'flipside.previousError': 'p',
  'flipside.nextImage': ']',
  'flipside.previousImage': '[',
  'flipside.togglePin': 't',
  'flipside.openSource': 'o',
  'flipside.copyLink': 'y',
  'flipside.toggleSaliency': 'm',
  'flipside.compareMaps': 'v',
  'flipside.rerun': 'r',
  'flipside.editRerun': 'e',
};

const TRIED = ['/data/results/val2017/table_0417.png', '/data/val2017/table_0417.png', '/data/coco/table_0417.png'];

const FAILURES: Readonly<Record<string, Picture>> = {
  missing: failure(
    'missing',
    'val2017/table_0417.png was not found in the 3 places where it could be. Use "Locate images…" to say where it lies.',
  ),
  corrupt: failure(
    'corrupt',
    'The file is there, but holds no picture that can be decoded: it ends after 2,048 bytes.',
  ),
  tooLarge: failure(
    'too large',
    'The picture has 61,000 × 48,000 pixels; flipside.images.maxPixels allows 500 million.',
  ),
  remote: failure('remote', 'The data names a web address. Nothing is fetched unless flipside.images.allowUrls is on.'),
  ambiguous: failure('ambiguous', 'Several images fit; none is shown.'),
  inside: {
    ok: false,
    reason: 'corrupt',
    stated: 'data:image/png;base64,… (40 characters)',
    tried: [],
    file: null,
    message: 'What run.jsonl holds as the image is no image.',
  },
};

function failure(reason: Exclude<Picture, { ok: true }>['reason'], message: string): Picture {
  const stated = reason === 'remote' ? 'https://example.org/images/0417.jpg' : 'val2017/table_0417.png';
  const file = reason === 'corrupt' || reason === 'too large' ? '/data/val2017/table_0417.png' : null;
  return { ok: false, reason, stated, tried: reason === 'missing' ? TRIED : [], file, message };
}

const SIZES: Readonly<Record<string, { width: number; height: number }>> = {
  huge: { width: 20_000, height: 15_000 },
  frames: { width: 720, height: 1280 },
  tiny: { width: 32, height: 24 },
};

function host(name: string, state: InspectorState): () => InspectorHost {
  const done = (): Promise<null> => Promise.resolve(null);
  return () => ({
    ...rerunHost(name === 'reruns', emitLater),
    ...annotateHost(name, state, emitLater),
    start: () => Promise.resolve(state),
    picture: async ({ index, size, crop }) => {
      if (name === 'failing') throw new Error('The analysis process has ended.');
      if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 3000));
      return FAILURES[name] ?? draw(SIZES[name] ?? { width: 640, height: 480 }, size, crop, index);
    },
    step: done,
    show: done,
    pin: done,
    openSource: () => (name === 'failing' ? Promise.reject(new Error('The file is gone.')) : done()),
    openImage: done,
    locate: done,
    copy: done,
    settings: done,
    list: done,
  });
}

/** What the stub emits on a test's behalf; it is made when the story starts. */
function emitLater(name: string, payload: unknown): void {
  (window as unknown as { storyEmit(name: string, payload: unknown): void }).storyEmit(name, payload);
}

function shows(name: string, item: ItemView | undefined): () => InspectorHost {
  const place = item === undefined ? null : { position: 3, total: 180 };
  const message = item === undefined ? 'No item is chosen.' : null;
  const state = { item: item ?? null, place, pinned: name === 'depth', message, keys: KEYS, asksAgain: false };
  return host(name, annotated(name, { ...state, annotating: ANNOTATING }, ITEMS['flip']));
}

// For `changed`, whose payload a test takes from here.
Object.assign(window, { storyItems: ITEMS, storyKeys: KEYS, storyAnnotating: ANNOTATING });

tell<InspectorHost, InspectorEvents>({
  ...Object.fromEntries(Object.entries(ITEMS).map(([name, item]) => [name, shows(name, item)])),
  ...Object.fromEntries(Object.keys(ANNOTATED).map((name) => [name, shows(name, ITEMS['flip'])])),
  tiny: shows('tiny', ITEMS['flip']),
  inside: shows('inside', ITEMS['flip']),
  slow: shows('slow', ITEMS['flip']),
  reruns: shows('reruns', ITEMS['boxes']),
  noItem: shows('noItem', undefined),
});
