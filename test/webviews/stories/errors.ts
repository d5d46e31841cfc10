import type { ErrorsEvents, ErrorsHost, ErrorsStart } from '../../../src/protocol/errorsPage.js';
import { RpcError } from '../../../src/protocol/rpc.js';
import type { RowAnnotation } from '../../../src/core/model.js';
import type { Picture, Query, Row } from '../../../src/protocol/rows.js';
import { facetOf, longRowAt, oddRowAt, rowAt, TASKS } from './errorsData.js';
import { OVERVIEW } from './errorsOverview.js';
import { brokenPicture, pictureOf } from './errorsPictures.js';
import { ANNOTATING as LABELLED } from './inspectorAnnotations.js';
import { tell } from './stub.js';

const ANNOTATING = { ...LABELLED, autoAdvance: true, canUndo: true };

interface Story {
  readonly total: number;
  readonly of?: number;
  readonly row?: (position: number) => Row;
  readonly picture?: (row: number) => Picture | Promise<Picture>;
  readonly start?: Partial<ErrorsStart>;
  /** How long answers take, in milliseconds. */
  readonly delay?: number;
  /** The slice ends at the first request of its rows, as after a change of the data. */
  readonly ends?: boolean;
  readonly fails?: string;
  /** Nothing that is annotated can be written. */
  readonly unsaved?: boolean;
}

const KEYS = {
  'flipside.search': '/',
  'flipside.nextError': 'n',
  'flipside.previousError': 'p',
  'flipside.pasteIds': 'i',
  'flipside.saveSlice': 's',
};
const KNOWN_ID = /^item-\d+$/;

/** What the stub emits, as the extension does after an answer. */
function emitLater(name: string, payload: unknown): void {
  setTimeout(() => (window as unknown as { storyEmit(name: string, payload: unknown): void }).storyEmit(name, payload));
}

function annotatedRow(row: Row, said: ReadonlyMap<number, RowAnnotation>): Row {
  const annotation = said.get(row.row);
  return annotation === undefined ? row : { ...row, annotation };
}

const PEOPLE: readonly RowAnnotation[] = [
  { label: 'horizontal-flip', mine: 'horizontal-flip', status: 'agreed' },
  { label: '(disputed)', mine: 'wrong-object', status: 'disputed' },
  { label: 'a-label-that-is-gone', mine: null, status: 'labelled once' },
  { label: 'wrong-frame', mine: null, status: 'adjudicated' },
  { label: null, mine: null, status: 'stale' },
];

/** Every other row with what people say of it. */
function labelledRowAt(position: number): Row {
  const annotation = PEOPLE[(position / 2) % PEOPLE.length];
  return position % 2 === 1 || annotation === undefined ? rowAt(position) : { ...rowAt(position), annotation };
}

function wait(delay: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delay));
}

function totalOf(query: Query, total: number): number {
  if (query.ids !== null) return Math.min(total, query.ids.filter((id) => KNOWN_ID.test(id)).length);
  if (query.search === 'nothing') return 0;
  return query.facets['class'] === undefined ? total : Math.ceil(total / 3);
}

function groupsOf(query: Query, total: number) {
  if (query.group === null) return null;
  const count = Math.min(total, query.group === 'task' ? TASKS.length : 7);
  const starts = Array.from({ length: count }, (_, at) => Math.floor((at * total) / count));
  return starts.map((start, at) => ({
    label: query.group === 'task' ? (TASKS[at] ?? '') : `${query.group} ${at + 1}`,
    start,
    count: (starts[at + 1] ?? total) - start,
  }));
}

function hostOf(story: Story): ErrorsHost {
  const { total, row = rowAt, picture = pictureOf, delay = 0 } = story;
  let slices = 0;
  let listed = total;
  let mayEnd = story.ends === true;
  const start: ErrorsStart = {
    ...{ overview: OVERVIEW, emptiness: null, message: null, query: null, first: null, keys: KEYS },
    ...{ asked: { query: null, current: null, what: null }, annotating: ANNOTATING },
    ...story.start,
  };
  const said = new Map<number, RowAnnotation>();
  return {
    start: () => Promise.resolve(start),
    slice: async (query) => {
      await wait(delay);
      if (story.fails !== undefined) throw new RpcError(story.fails, 'expected');
      const size = (listed = totalOf(query, total));
      const unknownIds = query.ids?.filter((id) => !KNOWN_ID.test(id)) ?? [];
      const numbered = query.ids?.includes('item-3') === true ? ['plain/answers.jsonl'] : [];
      return {
        slice: ++slices,
        total: size,
        of: story.of ?? total + 299,
        groups: groupsOf(query, size),
        unknownIds,
        numbered,
      };
    },
    rows: async ({ start: from, end }) => {
      await wait(delay);
      if (mayEnd) {
        mayEnd = false;
        throw new RpcError('The slice has ended.', 'expected');
      }
      return Array.from({ length: end - from }, (_, at) => annotatedRow(row(from + at), said));
    },
    position: ({ key }) => Promise.resolve(key.row < listed ? key.row : null),
    nextError: ({ position, by }) => Promise.resolve(position + 3 * by),
    facets: async ({ query, fields, limit }) => {
      await wait(delay);
      return fields.map((field) => facetOf(field, query, limit, total / 559));
    },
    thumbnails: async ({ keys }) => {
      await wait(delay);
      return Promise.all(keys.map(async (key) => picture(key.row)));
    },
    annotate: async ({ keys, set }) => {
      await wait(delay);
      if (story.unsaved === true) throw new RpcError('Not saved: the disk is full.', 'expected');
      const mine = set.label ?? null;
      for (const { row: at } of keys ?? []) {
        if (mine === null) said.delete(at);
        else said.set(at, { label: mine, mine, status: 'labelled once' });
      }
      emitLater('annotated', { rows: keys });
      return null;
    },
    undoAnnotation: () => Promise.resolve(null),
    nextUnlabelled: () => Promise.resolve(null),
    select: () => Promise.resolve(null),
    placed: () => Promise.resolve(null),
    act: () => Promise.resolve(null),
    command: () => Promise.resolve(null),
    focus: () => Promise.resolve(null),
  };
}

function empty(emptiness: ErrorsStart['emptiness'], message: string | null): () => ErrorsHost {
  return () => hostOf({ total: 0, start: { overview: null, emptiness, message } });
}

const GROUPED: Query = { facets: {}, search: '', ids: null, filter: null, sort: [], group: 'task' };

tell<ErrorsHost, ErrorsEvents>({
  many: () => hostOf({ total: 1_000_000, of: 2_858_000 }),
  few: () => hostOf({ total: 12 }),
  usual: () => hostOf({ total: 559 }),
  one: () => hostOf({ total: 1 }),
  none: () => hostOf({ total: 0 }),
  indexing: empty('indexing', 'Reading result_Qwen2.5-VL-3B-Instruct.csv · 3 of 12 files'),
  noFolder: empty('no folder', null),
  restricted: empty('restricted', null),
  nothingFound: empty('nothing found', null),
  failed: empty('failed', 'The analysis process ended: node was not found at /opt/node/bin/node.'),
  refused: () => hostOf({ total: 5, fails: 'results.jsonl changed while it was read. Try again.' }),
  ended: () => hostOf({ total: 40, ends: true }),
  // Reads first where the test says so.
  reading: () =>
    sessionStorage.getItem('reading') === null
      ? hostOf({ total: 559 })
      : hostOf({ total: 559, start: { overview: null, emptiness: 'indexing', message: 'Reading again' } }),
  odd: () => hostOf({ total: 24, row: oddRowAt }),
  noImages: () => hostOf({ total: 30, row: (position) => ({ ...rowAt(position), images: 0 }) }),
  brokenThumbnails: () =>
    hostOf({ total: 30, picture: (row) => (row % 3 === 0 ? pictureOf(row) : brokenPicture(row)) }),
  // A picture on a server that hangs: null among others, and never there alone.
  hanging: () => {
    const host = hostOf({ total: 30 });
    const never = new Promise<never>(() => undefined);
    return {
      ...host,
      thumbnails: async (params, signal) => {
        const pictures = await host.thumbnails(params, signal);
        if (params.keys.length === 1 && params.keys[0]?.row === 3) return never;
        return pictures.map((picture, at) => (params.keys[at]?.row === 3 ? null : picture));
      },
    };
  },
  longNames: () => hostOf({ total: 80, row: longRowAt }),
  waiting: () => hostOf({ total: 1_000, delay: 60_000 }),
  slow: () => hostOf({ total: 1_000, delay: 400 }),
  labelled: () => hostOf({ total: 40, row: labelledRowAt }),
  blind: () =>
    hostOf({
      total: 40,
      row: (position) => ({ ...rowAt(position), class: null, drift: null, isClassHidden: true }),
      start: { annotating: { ...ANNOTATING, blind: true } },
    }),
  unsaved: () =>
    hostOf({
      total: 40,
      unsaved: true,
      start: {
        annotating: {
          ...ANNOTATING,
          unsaved: 3,
          problem: '/home/me/study/.flipside/annotations cannot be written (EROFS): annotations are kept in memory.',
        },
      },
    }),
  grouped: () => hostOf({ total: 100, start: { query: GROUPED } }),
});
