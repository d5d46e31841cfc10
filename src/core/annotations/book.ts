import { readLine, type AnnotationEvent } from './events.js';
import { fold, type AnnotatedAnswer } from './fold.js';
import { LineIndex } from './lineIndex.js';

/** A line that is no event, and in which file. */
export interface FileProblem {
  readonly file: string;
  /** From 1; null where it is about the whole file. */
  readonly line: number | null;
  readonly reason: string;
}

/** Lines that are looked at in one go, before others have their turn. */
const AT_ONCE = 2000;

/**
 * All that is known to be said, asked by what was judged. Files are indexed and not parsed: a hundred thousand events are at hand in the time that it
 * takes to look through their text once, and a line is parsed when its item is asked for.
 */
export class AnnotationBook {
  private readonly lines = new LineIndex();
  /** Events by their text that stand in no indexed line: lines that somebody else laid out, and what is not in a file yet. */
  private readonly others = new Map<string, AnnotationEvent[]>();
  private readonly found: FileProblem[] = [];
  /** Lines whose problem is told already, as "file\nline". */
  private readonly told = new Set<string>();
  private highest = 0;
  private events = 0;

  /** The counter of the next event: one more than the highest. Where somebody wrote the highest that there can be, it stays: a higher one would not be read. */
  get nextOrder(): number {
    return Math.min(Math.max(this.highest, this.lines.order) + 1, Number.MAX_SAFE_INTEGER);
  }

  /** How many events there are at most: what stands in two files counts twice here. */
  get size(): number {
    return this.events + this.lines.size;
  }

  /** What is no event, as far as lines were looked at: all of it after `texts`. */
  get problems(): readonly FileProblem[] {
    return this.found;
  }

  /**
   * Takes in whole lines of a file, as their bytes. `before`: how many lines of the file stand before them. Returns how many lines there are; a last
   * one that has no end is not among them.
   */
  read(file: string, bytes: Buffer, before = 0): number {
    return this.lines.add(file, bytes, before, (line, number) => {
      const event = readLine(line);
      if (typeof event === 'string') this.tell({ file, line: number, reason: event });
      else if (event !== null) this.add([event]);
    });
  }

  /** Takes in events that are in no file yet. Each counts once, however often it comes, also from a file later. */
  add(events: Iterable<AnnotationEvent>): void {
    for (const event of events) {
      const { text } = event.content;
      const known = this.others.get(text);
      if (known === undefined) this.others.set(text, [event]);
      else if (known.some(({ id }) => id === event.id)) continue;
      else known.push(event);
      this.events += 1;
      if (event.order > this.highest) this.highest = event.order;
    }
  }

  /** Whether an event was taken in by `add`: it came from this process. */
  isOwn({ id, content }: AnnotationEvent): boolean {
    return this.others.get(content.text)?.some((each) => each.id === id) === true;
  }

  /** What is said of items whose text has this digest. */
  ofText(text: string): readonly AnnotatedAnswer[] {
    const events = this.eventsOf(text);
    return events.length === 0 ? [] : fold(events);
  }

  private eventsOf(text: string): AnnotationEvent[] {
    const events = [...(this.others.get(text) ?? [])];
    for (const { file, line, content } of this.lines.of(text)) {
      const event = readLine(content);
      if (event !== null && typeof event !== 'string') events.push(event);
      else this.tell({ file, line, reason: event ?? 'an empty line was expected to be an event' });
    }
    return events;
  }

  private tell(problem: FileProblem): void {
    const name = `${problem.file}\n${problem.line ?? ''}`;
    if (this.told.has(name)) return;
    this.told.add(name);
    this.found.push(problem);
  }

  /**
   * Everything that is said, by the digests of texts, some at a time: whoever asks lets others work between them. What comes in meanwhile may or may
   * not be among it.
   */
  *texts(): Generator<readonly (readonly [text: string, answers: readonly AnnotatedAnswer[]])[]> {
    const all = [...new Set([...this.lines.texts(), ...this.others.keys()])];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      yield all.slice(at, at + AT_ONCE).map((text) => [text, this.ofText(text)] as const);
    }
  }
}
