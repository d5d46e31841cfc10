import { useRef } from 'preact/hooks';
import type { ItemView } from '../../../protocol/rows.js';
import { Icon, Key } from '../../shared/icon.js';
import { titled } from '../../shared/keys.js';
import { COMMANDS } from '../commands.js';
import { useTools } from '../context.js';
import type { Keeper } from '../kept.js';
import { Drawn } from './drawnList.js';
import { Fields } from './fields.js';
import { NEXT_KEY } from './labelKeys.js';
import { Labels } from './labels.js';
import { Note } from './note.js';
import { Notices } from './notices.js';
import { Decision, Opinions } from './opinions.js';
import { SaveStatus } from './saveStatus.js';
import type { Annotations } from './useAnnotations.js';
import type { Drawing } from './useDrawing.js';

interface Parts {
  readonly item: ItemView;
  readonly annotations: Annotations;
  readonly drawing: Drawing;
  readonly keeper: Keeper;
}

/** What people say of the item: a label by one key, and what else there is to say; what others have said, and who decides. */
export function AnnotationSection({ item, annotations, drawing, keeper }: Parts) {
  const { isDeciding, name } = annotations;
  const section = useRef<HTMLElement>(null);
  const leave = (): void => section.current?.focus({ preventScroll: true });
  return (
    <section
      ref={section}
      class={isDeciding ? 'annotation deciding' : 'annotation'}
      aria-labelledby="annotation-heading"
      tabIndex={-1}
    >
      <Head annotations={annotations} />
      <Notices annotations={annotations} />
      <Decision annotations={annotations} />
      <Labels annotations={annotations} />
      <Bar annotations={annotations} drawing={drawing} />
      <Note key={`${name} ${isDeciding}`} annotations={annotations} leave={leave} />
      <Fields item={item} annotations={annotations} keeper={keeper} />
      <Drawn annotations={annotations} />
      <Opinions annotations={annotations} />
    </section>
  );
}

function Head({ annotations: { annotating } }: { readonly annotations: Annotations }) {
  const { name, progress } = annotating;
  return (
    <div class="annotation-head">
      <h2 id="annotation-heading">
        Annotation{' '}
        <span class="muted">{name === null ? 'your name is asked for with the first one' : `as ${name}`}</span>
      </h2>
      {progress !== null && (
        <span class="labelled">
          {progress.labelled.toLocaleString('en')} of {progress.of.toLocaleString('en')} labelled
          <span class="thin-bar" aria-hidden="true">
            <span style={{ width: `${(100 * progress.labelled) / Math.max(progress.of, 1)}%` }} />
          </span>
        </span>
      )}
    </div>
  );
}

function Bar({ annotations, drawing }: Pick<Parts, 'annotations' | 'drawing'>) {
  const { host, keys, run } = useTools();
  const { annotating, next } = annotations;
  const key = keys[COMMANDS.nextUnlabelled] ?? NEXT_KEY;
  return (
    <div class="annotation-bar">
      <button
        type="button"
        class="action secondary"
        title={`Next item of the list without a label of yours (${key})`}
        onClick={next}
      >
        Next unlabelled <kbd aria-hidden="true">{key}</kbd>
      </button>
      <span class="group">
        <UndoButton annotations={annotations} redo={false} />
        <UndoButton annotations={annotations} redo />
        <DrawButton drawing={drawing} shape="box" icon="primitive-square" word="Box" />
        <DrawButton drawing={drawing} shape="point" icon="target" word="Point" />
      </span>
      <SaveStatus annotations={annotations} />
      <span class="muted after">
        {annotating.autoAdvance ? 'After a label: next item' : 'After a label: stays here'} ·{' '}
        <button type="button" class="link" onClick={() => run(host.request('settings', { about: 'all' }))}>
          Settings
        </button>{' '}
        ·{' '}
        <button type="button" class="link" onClick={() => run(host.request('editScheme', null))}>
          Edit labels…
        </button>
      </span>
    </div>
  );
}

const IS_MAC = navigator.platform.startsWith('Mac');

function UndoButton({ annotations, redo }: { readonly annotations: Annotations; readonly redo: boolean }) {
  const { annotating, undo } = annotations;
  const isPossible = redo ? annotating.canRedo : annotating.canUndo;
  const words = redo ? 'Redo' : 'Undo';
  const keys = (IS_MAC ? ['⌘Z', '⇧⌘Z'] : ['Ctrl+Z', 'Ctrl+Shift+Z'])[redo ? 1 : 0];
  const title = isPossible ? `${words} the last annotation (${keys})` : `There is nothing to ${words.toLowerCase()}`;
  return (
    <button
      type="button"
      class="tool"
      title={title}
      aria-disabled={!isPossible}
      onClick={() => isPossible && undo(redo)}
    >
      <Icon name={redo ? 'redo' : 'discard'} />
      <span class="hidden-text">{words}</span>
    </button>
  );
}

interface DrawParts {
  readonly drawing: Drawing;
  readonly shape: 'box' | 'point';
  readonly icon: string;
  readonly word: string;
}

function DrawButton({ drawing: { shape: open, canDraw, toggle }, shape, icon, word }: DrawParts) {
  const { keys } = useTools();
  const command = shape === 'box' ? COMMANDS.drawBox : COMMANDS.drawPoint;
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={open === shape}
      aria-disabled={!canDraw}
      title={
        canDraw
          ? titled(`Draw a ${word.toLowerCase()} on the picture`, command, keys)
          : 'There is no picture to draw on'
      }
      onClick={() => canDraw && toggle(shape)}
    >
      <Icon name={icon} />
      <span>
        <span class="hidden-text">Draw </span>
        {word}
      </span>
      <Key of={command} keys={keys} />
    </button>
  );
}
