import { useEffect, useRef, useState } from 'preact/hooks';
import type { ItemView, RowKey } from '../../protocol/rows.js';
import { Icon, Key } from '../shared/icon.js';
import { COMMANDS } from './commands.js';
import { useTools } from './context.js';
import { imagesOf } from './images.js';
import type { Result } from './pictures.js';

/** Pixels that thumbnails are asked for with. */
const THUMBNAIL = 96;

interface Parts {
  readonly item: ItemView;
  readonly index: number;
  readonly choose: (index: number) => void;
}

/** The images of an item with several, in order. */
export function Strip({ item, index, choose }: Parts) {
  const { keys } = useTools();
  const images = imagesOf(item);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [index]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: images.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };
  return (
    <div class="strip">
      <span class="count">
        <Key of={COMMANDS.previousImage} keys={keys} spoken /> {index + 1} of {images.length}{' '}
        <Key of={COMMANDS.nextImage} keys={keys} spoken />
      </span>
      <ul
        ref={list}
        role="listbox"
        aria-label={`Images, ${images.length}`}
        aria-orientation="horizontal"
        aria-activedescendant={`frame-${index}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {images.map((path, each) => (
          <Frame key={each} path={path} of={item.key} index={each} current={each === index} choose={choose} />
        ))}
      </ul>
    </div>
  );
}

interface FrameParts {
  readonly path: string;
  readonly of: RowKey;
  readonly index: number;
  readonly current: boolean;
  readonly choose: (index: number) => void;
}

function Frame({ path, of, index, current, choose }: FrameParts) {
  const place = useRef<HTMLLIElement>(null);
  const picture = useThumbnail(place, of, index);
  return (
    <li
      ref={place}
      id={`frame-${index}`}
      role="option"
      aria-selected={current}
      aria-label={path === '' ? `Image ${index + 1}` : `Image ${index + 1}: ${path}`}
      title={path === '' ? undefined : path}
      onClick={() => choose(index)}
    >
      {picture?.ok === true && <img src={picture.url} alt="" draggable={false} />}
      {picture?.ok === false && <Icon name="warning" />}
      <span class="number">{index + 1}</span>
    </li>
  );
}

/** A thumbnail, asked for once it comes near the part of the strip that is seen. */
function useThumbnail(place: { readonly current: HTMLElement | null }, key: RowKey, index: number): Result | null {
  const { pictures, generation } = useTools();
  const [picture, setPicture] = useState<Result | null>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const controller = new AbortController();
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void pictures.get({ key, index, size: THUMBNAIL, crop: null }, controller.signal).then((got) => {
          if (got !== null) setPicture(got);
        });
      },
      { root: element.parentElement, rootMargin: '0px 200px' },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      controller.abort();
    };
  }, [pictures, generation, key.run, key.row, index]);
  return picture;
}
