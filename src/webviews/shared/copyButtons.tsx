import { toCsv, toLatex, toMarkdown, type Table } from './copyTable.js';

interface Parts {
  readonly table: () => Table;
  /** `what`: the form, for a sentence. */
  readonly copy: (text: string, what: string) => void;
}

/** Copies the numbers of a table or a chart, in the form of choice. */
export function CopyButtons({ table, copy }: Parts) {
  return (
    <>
      <button type="button" title="Copy the numbers as CSV" onClick={() => copy(toCsv(table()), 'CSV')}>
        CSV
      </button>
      <button
        type="button"
        title="Copy the numbers as a Markdown table"
        onClick={() => copy(toMarkdown(table()), 'Markdown')}
      >
        Markdown
      </button>
      <button type="button" title="Copy the numbers as a LaTeX table" onClick={() => copy(toLatex(table()), 'LaTeX')}>
        LaTeX
      </button>
    </>
  );
}
