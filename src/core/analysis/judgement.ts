import type { RawItem } from '../model.js';

/** Verdicts that a tool wrote into a second file (VLMEvalKit's `_result`), joined by id where the prediction is the same. */
export class Judgement {
  private readonly byId = new Map<string, RawItem>();
  private matched = 0;
  private differs = 0;

  constructor(
    readonly file: string,
    items: readonly RawItem[],
  ) {
    for (const item of items) if (item.id !== null) this.byId.set(item.id, item);
  }

  /** The row with the tool's verdict, where the second file holds the same id and the same response; else the row as it is. */
  apply(row: RawItem): RawItem {
    const judged = row.id === null ? undefined : this.byId.get(row.id);
    if (judged === undefined) return row;
    if (judged.response !== row.response) {
      this.differs += 1;
      return row;
    }
    this.matched += 1;
    return {
      ...row,
      storedCorrect: row.storedCorrect ?? judged.storedCorrect,
      extracted: row.extracted ?? judged.extracted,
      meta: { ...judged.meta, ...row.meta },
    };
  }

  /** How many rows took a verdict, and how many ids held another prediction. */
  evidence(): { readonly file: string; readonly matched: number; readonly differs: number } {
    return { file: this.file, matched: this.matched, differs: this.differs };
  }
}
