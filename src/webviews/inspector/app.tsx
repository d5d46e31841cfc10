import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import type { Annotating } from '../../protocol/annotations.js';
import type { InspectorState } from '../../protocol/inspectorPage.js';
import type { ItemView } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { Saves } from './annotations/saves.js';
import { AnnotationSection } from './annotations/section.js';
import { useAnnotations, type Annotations } from './annotations/useAnnotations.js';
import { useDrawing, type Drawing } from './annotations/useDrawing.js';
import { ToolsContext, type Host, type Tools } from './context.js';
import { Details, Metadata, Source } from './details.js';
import { Empty } from './empty.js';
import { Header } from './header.js';
import { imagesOf } from './images.js';
import { nameOf, type Keeper } from './kept.js';
import { annotation } from './layers/annotation.js';
import { isOn } from './layers/layer.js';
import { Candidates } from './notices.js';
import { Others } from './others.js';
import type { Pictures } from './pictures.js';
import { Question } from './question.js';
import { RerunSection } from './reruns/section.js';
import { useReruns, type Reruns } from './reruns/useReruns.js';
import { Response } from './response.js';
import { Stage } from './stage.js';
import { Strip } from './strip.js';
import { useImageIndex, useInspector, useLayers, useKept } from './useInspector.js';
import { Why } from './why.js';

const NO_KEYS = {};

interface Parts {
  readonly host: Host;
  readonly pictures: Pictures;
  readonly keeper: Keeper;
}

export function App({ host, pictures, keeper }: Parts) {
  const { state, problem, generation, run, retry, start, dismiss } = useInspector(host, pictures);
  const keys = state?.keys ?? NO_KEYS;
  const tools = useMemo<Tools>(
    () => ({ host, pictures, keys, generation, retry, run }),
    [host, pictures, keys, generation, retry, run],
  );
  const saves = useMemo(() => new Saves((said) => host.request('annotate', said)), [host]);
  useKept(state, keeper);
  if (state === null) return problem === null ? <Skeleton /> : <Empty message={problem} again={start} />;
  if (state.item === null) {
    const list = (): void => run(host.request('list', null));
    return <Empty message={state.message ?? 'No item is chosen.'} list={list} problem={problem} />;
  }
  return (
    <ToolsContext.Provider value={tools}>
      <main class="inspector">
        <Item
          {...{ item: state.item, annotating: state.annotating, saves, keeper, host }}
          asksAgain={state.asksAgain ? state : null}
        >
          {problem !== null && <Problem message={problem} dismiss={dismiss} />}
          <Header item={state.item} place={state.place} pinned={state.pinned} />
        </Item>
      </main>
    </ToolsContext.Provider>
  );
}

interface ItemParts {
  readonly item: ItemView;
  /** Told anew each time that the item is to be asked again. */
  readonly asksAgain: InspectorState | null;
  readonly annotating: Annotating;
  readonly saves: Saves;
  readonly keeper: Keeper;
  readonly host: Host;
  readonly children: ComponentChildren;
}

/** The picture, which stays, and the text beside or under it. */
function Item({ item, asksAgain, annotating, saves, keeper, host, children }: ItemParts) {
  const name = nameOf(item.key);
  const images = imagesOf(item);
  const { choices, toggle } = useLayers(host, keeper);
  const { index, choose } = useImageIndex(host, keeper, name, images.length);
  const reruns = useReruns(host, keeper, item);
  const annotations = useAnnotations(saves, item, annotating);
  const showsDrawn = isOn(annotation, choices);
  const drawing = useDrawing(host, annotations, index, {
    canDraw: reruns.original !== null,
    begin: useCallback(() => showsDrawn || toggle(annotation), [showsDrawn, toggle]),
  });
  // With what was said since it was told, for what is drawn of it.
  const drawn = useMemo(() => ({ ...item, annotations: annotations.shown }), [item, annotations.shown]);
  const { start } = reruns;
  useEffect(() => {
    if (asksAgain !== null) start();
    // Not when there is another way to start: once for each time that it is told.
  }, [asksAgain]);
  return (
    <>
      <div class={images.length > 1 ? 'pinned with-strip' : 'pinned'}>
        <Stage {...{ item: drawn, index, choices, toggle, keeper, reruns, drawing }} />
        {images.length > 1 && <Strip key={name} item={item} index={index} choose={choose} />}
      </div>
      <div class="text">
        {children}
        <Text {...{ item, index, reruns, annotations, drawing, keeper }} />
      </div>
    </>
  );
}

interface TextParts {
  readonly item: ItemView;
  readonly index: number;
  readonly reruns: Reruns;
  readonly annotations: Annotations;
  readonly drawing: Drawing;
  readonly keeper: Keeper;
}

function Text({ item, index, reruns, annotations, drawing, keeper }: TextParts) {
  const name = nameOf(item.key);
  return (
    <>
      <Candidates item={item} />
      <Question item={item} />
      <AnnotationSection {...{ item, annotations, drawing, keeper }} />
      <Response key={`response ${name}`} item={item} />
      <Why item={item} />
      <RerunSection item={item} reruns={reruns} />
      <Others item={item} />
      <Source item={item} index={index} />
      <Details item={item} />
      <Metadata key={`metadata ${name}`} item={item} />
    </>
  );
}

function Problem({ message, dismiss }: { readonly message: string; readonly dismiss: () => void }) {
  return (
    <div class="notice problem" role="alert">
      <Icon name="error" />
      <span class="words">{message}</span>
      <button type="button" class="tool" onClick={dismiss} aria-label="Dismiss" title="Dismiss">
        <Icon name="close" />
      </button>
    </div>
  );
}

/** Before the first answer; it fades in only after a while, so that a quick start shows none of it. */
function Skeleton() {
  return (
    <main class="inspector skeleton" aria-busy="true" aria-label="Loading the item">
      <div class="pinned">
        <div class="stage" />
      </div>
      <div class="text">
        <div class="bar short" />
        <div class="bar" />
        <div class="bar" />
        <div class="bar short" />
      </div>
    </main>
  );
}
