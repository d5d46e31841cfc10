import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { InspectorState } from '../../protocol/inspectorPage.js';
import type { Host } from './context.js';
import { nameOf, type Keeper } from './kept.js';
import { LAYERS } from './layers/all.js';
import { isOn, type Choices, type Layer } from './layers/layer.js';
import type { Pictures } from './pictures.js';

/** The state of the page as the extension tells it. `problem` is what last went wrong, in a sentence. */
export function useInspector(host: Host, pictures: Pictures) {
  const [state, setState] = useState<InspectorState | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [generation, setGeneration] = useState(0);
  const run = useCallback((work: Promise<unknown>) => {
    work.then(
      () => setProblem(null),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  }, []);
  const retry = useCallback(() => {
    pictures.clear();
    setGeneration((count) => count + 1);
  }, [pictures]);
  const start = useCallback(() => run(host.request('start', null).then(setState)), [host, run]);
  useEffect(() => {
    start();
    const ends = [host.on('changed', (changed) => setState(changed)), host.on('picturesChanged', retry)];
    return () => ends.forEach((end) => end());
  }, [host, retry, start]);
  return { state, problem, generation, run, retry, start, dismiss: () => setProblem(null) };
}

/** The layers over the picture: kept, and switched by the workbench's keys too. */
export function useLayers(host: Host, keeper: Keeper) {
  const [choices, setChoices] = useState<Choices>(keeper.now.layers);
  const toggle = useCallback(
    (layer: Layer) =>
      setChoices((before) => {
        const after = { ...before, [layer.id]: !isOn(layer, before) };
        keeper.change({ layers: after });
        return after;
      }),
    [keeper],
  );
  useLayoutEffect(
    () =>
      host.on('do', ({ what }) => {
        const layer = LAYERS.find(({ id }) => id === what);
        if (layer !== undefined) toggle(layer);
      }),
    [host, toggle],
  );
  return { choices, toggle };
}

/** Which image of the item is shown. */
export function useImageIndex(host: Host, keeper: Keeper, item: string | null, count: number) {
  const [chosen, setChosen] = useState<{ readonly item: string | null; readonly index: number }>({
    item: keeper.now.item,
    index: keeper.now.index,
  });
  const last = Math.max(count - 1, 0);
  const index = chosen.item === item ? Math.min(chosen.index, last) : 0;
  const choose = useCallback(
    (to: number) => {
      const next = Math.min(Math.max(to, 0), last);
      setChosen({ item, index: next });
      keeper.change({ index: next, view: null });
    },
    [item, keeper, last],
  );
  useLayoutEffect(
    () =>
      host.on('do', ({ what }) => {
        if (what === 'nextImage') choose(index + 1);
        if (what === 'previousImage') choose(index - 1);
      }),
    [host, choose, index],
  );
  return { index, choose };
}

/** A new item is read from its top; the same item, told again, stays where it was. What else outlives a reload is kept too. */
export function useKept(state: InspectorState | null, keeper: Keeper): void {
  const pinned = state?.pinned;
  const id = state?.item?.record.item;
  useEffect(() => {
    if (pinned !== undefined) keeper.change({ pinned });
    if (id !== undefined) keeper.change({ id });
  }, [pinned, id, keeper]);
  const item = state?.item?.key;
  const name = item === undefined ? null : nameOf(item);
  const before = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (name === null || before.current === name) return;
    before.current = name;
    keeper.turnTo(name);
    window.scrollTo(0, keeper.now.scroll);
  }, [name, keeper]);
  useEffect(() => {
    const onScroll = (): void => keeper.change({ scroll: window.scrollY });
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => window.removeEventListener('scroll', onScroll);
  }, [keeper]);
}
