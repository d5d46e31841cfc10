/** A table of a FlatBuffers message, read by field number: as much of the encoding as Arrow's metadata needs. */
export class FlatTable {
  private readonly view: DataView;
  private readonly vtable: number;
  private readonly vtableSize: number;

  private constructor(
    private readonly bytes: Uint8Array,
    private readonly position: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.vtable = position - this.view.getInt32(position, true);
    this.vtableSize = this.view.getUint16(this.vtable, true);
  }

  /** The root table. Offsets outside the bytes throw a RangeError, here and in every method. */
  static root(bytes: Uint8Array): FlatTable {
    return new FlatTable(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true));
  }

  private at(field: number): number | null {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.vtableSize) return null;
    const offset = this.view.getUint16(this.vtable + entry, true);
    return offset === 0 ? null : this.position + offset;
  }

  uint8(field: number): number {
    const at = this.at(field);
    return at === null ? 0 : this.view.getUint8(at);
  }

  int16(field: number): number {
    const at = this.at(field);
    return at === null ? 0 : this.view.getInt16(at, true);
  }

  int32(field: number): number {
    const at = this.at(field);
    return at === null ? 0 : this.view.getInt32(at, true);
  }

  int64(field: number): number {
    const at = this.at(field);
    return at === null ? 0 : Number(this.view.getBigInt64(at, true));
  }

  has(field: number): boolean {
    return this.at(field) !== null;
  }

  table(field: number): FlatTable | null {
    const at = this.at(field);
    return at === null ? null : new FlatTable(this.bytes, at + this.view.getUint32(at, true));
  }

  text(field: number): string {
    const vector = this.vector(field);
    return Buffer.from(this.bytes.subarray(vector.start, vector.start + vector.length)).toString('utf8');
  }

  tables(field: number): FlatTable[] {
    const { start, length } = this.vector(field);
    return Array.from({ length }, (_, index) => {
      const at = start + 4 * index;
      return new FlatTable(this.bytes, at + this.view.getUint32(at, true));
    });
  }

  /** A vector of structs of two 64-bit numbers. */
  pairs(field: number): (readonly [number, number])[] {
    const { start, length } = this.vector(field);
    return Array.from({ length }, (_, index) => {
      const at = start + 16 * index;
      return [Number(this.view.getBigInt64(at, true)), Number(this.view.getBigInt64(at + 8, true))] as const;
    });
  }

  private vector(field: number): { start: number; length: number } {
    const at = this.at(field);
    if (at === null) return { start: 0, length: 0 };
    const start = at + this.view.getUint32(at, true);
    const length = this.view.getUint32(start, true);
    // A damaged length would have arrays of billions made of it.
    if (length > this.bytes.length) throw new RangeError('a vector is longer than its message');
    return { start: start + 4, length };
  }
}
