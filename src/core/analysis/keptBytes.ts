/** Images that were read are kept in memory up to this many bytes together. */
const MOST_BYTES = 64 << 20;

/** Bytes by name, the last used longest. What was kept last stays, however large it is. */
export class KeptBytes {
  private readonly kept = new Map<string, Buffer>();

  /** The bytes of a name, which thereby was used last. */
  get(name: string): Buffer | undefined {
    const bytes = this.kept.get(name);
    if (bytes !== undefined) this.keep(name, bytes);
    return bytes;
  }

  has(name: string): boolean {
    return this.kept.has(name);
  }

  keep(name: string, bytes: Buffer): void {
    this.kept.delete(name);
    this.kept.set(name, bytes);
    let total = [...this.kept.values()].reduce((sum, each) => sum + each.length, 0);
    for (const [oldest, { length }] of this.kept) {
      if (total <= MOST_BYTES || oldest === name) break;
      this.kept.delete(oldest);
      total -= length;
    }
  }

  clear(): void {
    this.kept.clear();
  }
}
