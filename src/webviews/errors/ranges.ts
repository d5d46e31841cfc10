/** Positions from `start` up to, but not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A set of positions as disjoint ascending ranges, so that "all of a million rows" is one pair of numbers. Immutable. */
export class Ranges {
  static readonly EMPTY = new Ranges([]);

  private constructor(readonly pieces: readonly Range[]) {}

  /** The positions between `a` and `b`, both included, in whichever order. */
  static between(a: number, b: number): Ranges {
    return new Ranges([{ start: Math.min(a, b), end: Math.max(a, b) + 1 }]);
  }

  /** The first `count` positions. */
  static first(count: number): Ranges {
    return count > 0 ? new Ranges([{ start: 0, end: count }]) : Ranges.EMPTY;
  }

  static of(positions: readonly number[]): Ranges {
    return positions.reduce((all, position) => (all.has(position) ? all : all.toggle(position)), Ranges.EMPTY);
  }

  get size(): number {
    return this.pieces.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  has(position: number): boolean {
    return this.pieces.some(({ start, end }) => start <= position && position < end);
  }

  /** With `position` in it where it was not, and without where it was. */
  toggle(position: number): Ranges {
    if (!this.has(position)) return new Ranges(merged([...this.pieces, { start: position, end: position + 1 }]));
    const pieces = this.pieces.flatMap((piece) => {
      if (position < piece.start || position >= piece.end) return [piece];
      return [
        { start: piece.start, end: position },
        { start: position + 1, end: piece.end },
      ];
    });
    return new Ranges(pieces.filter(({ start, end }) => start < end));
  }

  with(more: Ranges): Ranges {
    return new Ranges(merged([...this.pieces, ...more.pieces]));
  }
}

function merged(pieces: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const piece of [...pieces].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || piece.start > last.end) result.push(piece);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, piece.end) };
  }
  return result;
}
