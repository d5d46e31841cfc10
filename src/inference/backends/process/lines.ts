/** Cuts bytes into lines. A line may be large, and come in thousands of pieces: each byte is looked at once. */
export class Lines {
  private pieces: Buffer[] = [];
  private length = 0;

  constructor(
    private readonly most: number,
    private readonly onLine: (line: string) => void,
    /** A line has become longer than `most` bytes; nothing of it is kept. */
    private readonly onTooLong: () => void,
  ) {}

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.keep(chunk.subarray(start, end));
      start = end + 1;
      this.flush();
    }
    this.keep(chunk.subarray(start));
  }

  /** What stands behind the last line end. */
  flush(): void {
    const line = Buffer.concat(this.pieces).toString('utf8').replace(/\r$/, '');
    this.pieces = [];
    this.length = 0;
    if (line.trim() !== '') this.onLine(line);
  }

  private keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.length += piece.length;
    if (this.length <= this.most) this.pieces.push(piece);
    else {
      this.pieces = [];
      this.onTooLong();
    }
  }
}
