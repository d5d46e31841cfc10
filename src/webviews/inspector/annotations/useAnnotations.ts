import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type {
  Annotating,
  AnnotatorsMarks,
  ItemAnnotations,
  Marks,
  SchemeLabel,
} from '../../../protocol/annotations.js';
import type { ItemView } from '../../../protocol/rows.js';
import { isShortcut, pressed, undoOrRedo } from '../../shared/keyPresses.js';
import { isTyping } from '../../shared/typing.js';
import { COMMANDS } from '../commands.js';
import { useTools } from '../context.js';
import { nameOf } from '../kept.js';
import { NEXT_KEY, takenBy } from './labelKeys.js';
import { marksWith, type Change, type Field, type Saves } from './saves.js';

/** Whom something is said of, and how: as one of the annotators, or as the judgement between them. */
export interface Target {
  readonly item: ItemView;
  readonly isDeciding: boolean;
}

interface SayOptions {
  /** Goes on to the next item, where the settings say so. */
  readonly advance?: boolean;
  /** Another than what is in sight. */
  readonly to?: Target;
}

/** What is said of the item in sight, what of it is saved, and the ways to say more. */
export function useAnnotations(saves: Saves, item: ItemView, annotating: Annotating) {
  const changes = useChanges(saves, item, annotating);
  const name = nameOf(item.key);
  const { annotations } = item;
  const shown = useMemo(
    () => withChanges(annotations, name, changes, annotating.name),
    [annotations, name, changes, annotating.name],
  );
  const [decides, setDecides] = useState(false);
  const differ = isDiffering(shown);
  const isDeciding = decides && !annotations.hidden && (differ || shown.adjudication !== null);
  const marks = (isDeciding ? shown.adjudication : shown.mine)?.marks ?? {};
  const own = changes.filter((change) => change.name === name && change.adjudicates === isDeciding);

  const target: Target = { item, isDeciding };
  const now = useRef({ target, marks, own });
  now.current = { target, marks, own };
  const say = useCallback(
    (set: Marks, { advance = false, to = now.current.target }: SayOptions = {}) =>
      saves.say({ key: to.item.key, item: to.item.record.item, set, adjudicates: to.isDeciding, advance }),
    [saves],
  );
  const give = useCallback(
    (label: string) => {
      // What could not be saved is tried again; what is there, or on its way, is taken back.
      const isUnsaved = stateOf(now.current.own, 'label')?.state === 'failed';
      if (now.current.marks.label === label && !isUnsaved) say({ label: null });
      else say({ label }, { advance: true });
    },
    [say],
  );
  const moves = useMoves(saves);
  useKeys(annotating, give, moves);
  return { annotating, changes, shown, marks, own, name, differ, isDeciding, target, setDecides, say, give, ...moves };
}

export type Annotations = ReturnType<typeof useAnnotations>;

/** The last thing that was said of a field; null where nothing was since the item was first seen. */
export function stateOf(own: readonly Change[], field: Field): Change | null {
  return own.findLast(({ set }) => field in set) ?? null;
}

function useChanges(saves: Saves, item: ItemView, { unsaved }: Annotating): readonly Change[] {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => saves.listen(() => redraw(0)), [saves]);
  useEffect(() => {
    const flush = (): void => saves.flush();
    window.addEventListener('pagehide', flush);
    return () => window.removeEventListener('pagehide', flush);
  }, [saves]);
  const before = useRef(unsaved);
  // Before anything is drawn: else what was taken back meanwhile would be seen once more.
  useLayoutEffect(() => saves.told(nameOf(item.key)), [saves, item]);
  useLayoutEffect(() => {
    if (before.current > 0 && unsaved === 0) saves.allSaved();
    before.current = unsaved;
  }, [saves, unsaved]);
  return saves.changes;
}

/** What is said of an item, with what was said in this page since it was told. */
function withChanges(
  told: ItemAnnotations,
  name: string,
  changes: readonly Change[],
  by: string | null,
): ItemAnnotations {
  const own = changes.filter((change) => change.name === name && !change.isTold);
  if (own.length === 0) return told;
  const over = (marks: AnnotatorsMarks | null, adjudicates: boolean): AnnotatorsMarks | null => {
    const said = own.filter((change) => change.adjudicates === adjudicates);
    if (said.length === 0) return marks;
    const after = marksWith(marks?.marks, said);
    if (Object.keys(after).length === 0) return null;
    return { ...(marks ?? { by: by ?? 'you', at: '', event: '' }), marks: after };
  };
  return { ...told, mine: over(told.mine, false), adjudication: over(told.adjudication, true) };
}

/** Whether annotators gave different labels. */
function isDiffering({ mine, others }: ItemAnnotations): boolean {
  const labels = [mine, ...others].flatMap((each) => each?.marks.label ?? []);
  return new Set(labels).size > 1;
}

/** What is asked for once all that was said before is saved. */
function useMoves(saves: Saves) {
  const { host, run } = useTools();
  const undo = useCallback(
    (redo: boolean) => run(saves.after(() => host.request('undoAnnotation', { redo }).then(() => saves.takenBack()))),
    [host, run, saves],
  );
  const next = useCallback(() => run(saves.after(() => host.request('nextUnlabelled', null))), [host, run, saves]);
  // The extension tells that something can be taken back a moment after it was saved.
  const hasSaved = saves.changes.some(({ state }) => state === 'saved');
  return { undo, next, isBusy: saves.isBusy, hasSaved };
}

/**
 * Keys of labels, undo and redo, anywhere in the page but in text fields. They go no further: else the workbench, which is told every
 * key that reaches the window, would undo in an editor. Commands of the workbench keep their keys.
 */
function useKeys(annotating: Annotating, give: (label: string) => void, moves: ReturnType<typeof useMoves>): void {
  const { keys } = useTools();
  const now = useRef({ annotating, moves });
  now.current = { annotating, moves };
  useLayoutEffect(() => {
    const isBound = (keys[COMMANDS.nextUnlabelled] ?? '') !== '';
    const next = isBound ? '' : NEXT_KEY;
    const labelOf = (key: string): SchemeLabel | undefined =>
      now.current.annotating.scheme.labels.find((label) => label.key === key && takenBy(label, keys, next) === null);
    /** What the key does; null where it is none of ours. */
    const workOf = (event: KeyboardEvent): (() => void) | null => {
      const { undo, next: goOn, isBusy, hasSaved } = now.current.moves;
      const way = undoOrRedo(event);
      const { canUndo, canRedo } = now.current.annotating;
      if (way === 'undo') return canUndo || isBusy || hasSaved ? () => undo(false) : null;
      if (way === 'redo') return canRedo || isBusy ? () => undo(true) : null;
      if (isShortcut(event)) return null;
      const key = pressed(event, (typed) => typed === next || labelOf(typed) !== undefined);
      if (key === next) return goOn;
      const label = labelOf(key);
      return label === undefined ? null : () => give(label.id);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      const work = workOf(event);
      if (work === null) return;
      event.preventDefault();
      event.stopPropagation();
      // A key that is held down says it once.
      if (!event.repeat) work();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [keys, give]);
}
