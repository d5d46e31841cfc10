import type { Frame, RawItem } from '../model.js';
import { encodeDirection, NO_DIRECTION_CODE } from '../relations/direction.js';
import { frameOf, objectsKey } from '../relations/frames.js';
import { matchGold } from '../relations/gold.js';
import { directionOf } from '../relations/phrases.js';
import type { StoredRow } from '../store/row.js';

interface Counterpart {
  readonly frame: Frame;
  readonly direction: number;
  readonly question: string;
}

/**
 * Knows which questions about one image and the same objects are asked in which frames, so that an answer which would
 * be right in another frame can be told from a mere flip.
 */
export class FrameIndex {
  private readonly questions = new Map<string, Counterpart[]>();

  /** Adds a question with a directional gold in a stated frame; anything else is passed over. */
  add(item: Pick<RawItem, 'question' | 'images' | 'frame' | 'gold' | 'options'>): void {
    if (item.question === null || item.gold === null || item.images.length === 0) return;
    const frame = item.frame ?? frameOf(item.question);
    if (frame === 'unstated') return;
    const { option } = matchGold(item.gold, item.options);
    const direction = encodeDirection(directionOf(option === null ? item.gold : (item.options[option]?.text ?? '')));
    const key = keyOf(item.question, item.images);
    if (key === null || direction === NO_DIRECTION_CODE) return;
    const list = this.questions.get(key);
    const counterpart = { frame, direction, question: item.question };
    if (list === undefined) this.questions.set(key, [counterpart]);
    else list.push(counterpart);
  }

  get size(): number {
    return this.questions.size;
  }

  /**
   * For an eligible error whose image and objects are also asked in another frame: whether the prediction equals that
   * question's gold, and the share of its wrong options that do (what blind guessing among them would give). Rows
   * without such a counterpart come back unchanged.
   */
  mark(row: StoredRow): StoredRow {
    if (
      row.correct !== false ||
      row.answer.status !== 'parsed' ||
      row.wrongDirections === '' ||
      row.raw.question === null
    )
      return row;
    if (row.goldDirection === NO_DIRECTION_CODE || row.frame === 'unstated' || row.raw.images.length === 0) return row;
    const key = keyOf(row.raw.question, row.raw.images);
    const others = (key === null ? undefined : this.questions.get(key))?.filter(
      (other) => other.frame !== row.frame && other.direction !== row.goldDirection,
    );
    if (others === undefined || others.length === 0) return row;
    const golds = new Set(others.map((other) => other.direction));
    const wrong = [...row.wrongDirections].map((letter) => letter.charCodeAt(0) - 97);
    const hit = others.find((other) => other.direction === row.predictedDirection);
    return {
      ...row,
      frameSwapExpected: wrong.filter((code) => golds.has(code)).length / wrong.length,
      frameSwapOf: hit === undefined ? null : JSON.stringify({ frame: hit.frame, question: hit.question }),
      flags: hit === undefined ? row.flags : [...row.flags, 'frameSwap'],
    };
  }
}

function keyOf(question: string, images: readonly string[]): string | null {
  const objects = objectsKey(question);
  return objects === null ? null : `${images.join('|')}\n${objects}`;
}
