import { DEFAULT_SCHEME } from '../../../src/core/annotations/scheme.js';
import type { Annotating, AnnotatorsMarks, ItemAnnotations, Marks } from '../../../src/protocol/annotations.js';
import type { InspectorHost, InspectorState } from '../../../src/protocol/inspectorPage.js';
import type { ItemView } from '../../../src/protocol/rows.js';

const AT = '2026-11-30T09:00:00.000Z';

/** What a page knows of annotating in most stories. */
export const ANNOTATING: Annotating = {
  scheme: DEFAULT_SCHEME,
  ...{ name: 'rater-a', blind: false, autoAdvance: false, progress: { labelled: 12, of: 50 } },
  ...{ unsaved: 0, problem: null, canUndo: false, canRedo: false },
};

export const NO_ANNOTATIONS: ItemAnnotations = { mine: null, others: [], adjudication: null, stale: [], hidden: false };

function marks(by: string, said: Marks): AnnotatorsMarks {
  return { by, at: AT, marks: said, event: `${by} ${JSON.stringify(said)}` };
}

const BANANA = { x: 0.13, y: 0.76, width: 0.1, height: 0.09, unit: 'fraction', label: 'banana', image: 0 } as const;
const DISPUTE: ItemAnnotations = {
  ...NO_ANNOTATIONS,
  mine: marks('rater-a', { label: 'depth-flip', confidence: 0.5 }),
  others: [
    marks('rater-b', { label: 'horizontal-flip', confidence: 1, boxes: [{ ...BANANA, x: 0.15, label: null }] }),
    marks('rater-with-a-long-name', {
      ...{ label: 'gold-wrong', gold: 'On top', class: 'non-directional' },
      note: 'The banana lies on the floor in front of the table, so none of the options is quite right.\nSee the shadow.',
    }),
  ],
};

/** What differs from story to story: what is said of the item, and what the page knows of annotating. */
interface Annotated {
  readonly annotations: Partial<ItemAnnotations>;
  readonly annotating?: Partial<Annotating>;
  readonly item?: (item: ItemView) => ItemView;
}

/** Without the class, as it comes while it is held back. */
function withoutClass(item: ItemView): ItemView {
  return {
    ...item,
    record: { ...item.record, class: null, drift: null },
    why: item.why.slice(0, -1),
    others: item.others.map((other) => ({ ...other, class: null })),
  };
}

const LONG_LABELS = Array.from({ length: 24 }, (_, at) => ({
  id: `label-${at}`,
  title: at % 5 === 0 ? `a label whose title is a good deal longer than a button is wide, number ${at}` : `label ${at}`,
  key: at < 3 ? ('cñ7'[at] ?? null) : null,
  about: 'answer' as const,
}));

/** Stories of annotating by name; the item is that of `flip`. */
export const ANNOTATED: Readonly<Record<string, Annotated>> = {
  unlabelled: { annotations: {} },
  labelled: {
    annotations: {
      mine: marks('rater-a', {
        ...{ label: 'horizontal-flip', note: 'The table is mirrored.', confidence: 0.75, gold: 'On top' },
        ...{ boxes: [BANANA], points: [{ x: 0.5, y: 0.45, image: 0 }] },
      }),
    },
    annotating: { canUndo: true },
  },
  disputed: { annotations: DISPUTE },
  decided: {
    annotations: { ...DISPUTE, adjudication: marks('rater-c', { label: 'horizontal-flip', boxes: [BANANA] }) },
  },
  blind: { annotations: { hidden: true }, annotating: { blind: true }, item: withoutClass },
  stale: {
    annotations: {
      stale: [
        { ...marks('rater-a', { label: 'depth-flip', note: 'The chair is nearer.' }), changed: 'text' },
        { ...marks('rater-b', { confidence: 0.25 }), changed: 'image' },
      ],
    },
  },
  unsaved: {
    annotations: {},
    annotating: {
      unsaved: 3,
      problem: '.flipside/annotations/rater-a.jsonl cannot be written: permission denied.',
      canUndo: true,
    },
  },
  unnamed: { annotations: {}, annotating: { name: null, progress: null } },
  advancing: { annotations: {}, annotating: { autoAdvance: true } },
  oldLabel: {
    annotations: {
      mine: marks('rater-a', { label: 'left-right-swap' }),
      others: [marks('rater-b', { label: 'left-right-swap', note: 'الموزة على الأرض' })],
    },
    annotating: { scheme: { version: 4, labels: LONG_LABELS } },
  },
  noLabels: {
    annotations: {},
    annotating: { scheme: { version: 1, labels: [] }, problem: 'scheme.json: it is no JSON.' },
  },
};

/** The state of a story: its item with what is said of it. */
export function annotated(name: string, state: InspectorState, flip: ItemView | undefined): InspectorState {
  const told = ANNOTATED[name];
  if (told === undefined || flip === undefined) return state;
  const item = { ...flip, annotations: { ...NO_ANNOTATIONS, ...told.annotations } };
  return {
    ...state,
    item: told.item === undefined ? item : told.item(item),
    annotating: { ...state.annotating, ...told.annotating },
  };
}

type AnnotateHost = Pick<
  InspectorHost,
  'annotate' | 'undoAnnotation' | 'nextUnlabelled' | 'editScheme' | 'keepUnsaved'
>;

/** Keeps what is said, and tells the page; in the story `unsaved` nothing can be written. */
export function annotateHost(
  name: string,
  first: InspectorState,
  emit: (name: string, payload: unknown) => void,
): AnnotateHost {
  const done = (): Promise<null> => Promise.resolve(null);
  let state = first;
  let past: ItemView[] = [];
  let future: ItemView[] = [];
  const tell = (item: ItemView): void => {
    const annotating = { ...state.annotating, canUndo: past.length > 0, canRedo: future.length > 0 };
    state = { ...state, item, annotating };
    emit('changed', state);
  };
  return {
    annotate: ({ set, adjudicates, advance }) => {
      if (name === 'unsaved') return Promise.reject(new Error('rater-a.jsonl cannot be written: permission denied.'));
      const { item } = state;
      if (item === null) return done();
      past = [...past, item];
      future = [];
      const labelled = { ...item, annotations: said(item.annotations, set, adjudicates) };
      const isNext = advance && state.annotating.autoAdvance;
      const next = { ...item, key: { ...item.key, row: item.key.row + 1 } };
      tell(isNext ? { ...next, record: { ...item.record, item: String(next.key.row) } } : labelled);
      return done();
    },
    undoAnnotation: ({ redo }) => {
      const to = redo ? future.at(-1) : past.at(-1);
      if (to === undefined || state.item === null) return done();
      if (redo) [past, future] = [[...past, state.item], future.slice(0, -1)];
      else [past, future] = [past.slice(0, -1), [...future, state.item]];
      tell(to);
      return done();
    },
    ...{ nextUnlabelled: done, editScheme: done, keepUnsaved: done },
  };
}

function said(before: ItemAnnotations, set: Marks, adjudicates: boolean): ItemAnnotations {
  const field = adjudicates ? 'adjudication' : 'mine';
  const all = Object.entries({ ...before[field]?.marks, ...set }).filter(([, value]) => value !== null);
  return { ...before, [field]: all.length === 0 ? null : marks('rater-a', Object.fromEntries(all)) };
}
