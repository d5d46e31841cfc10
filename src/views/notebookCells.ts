import { escapedMarkdown } from './inert.js';

/** What a notebook is about. */
export interface NotebookOf {
  readonly title: string;
  /** The Parquet file's name; it lies beside the notebook. */
  readonly data: string;
  readonly rows: number;
  /** What the rows are, a sentence for each condition. */
  readonly words: readonly string[];
  readonly lens: { readonly name: string; readonly version: string };
}

interface Cell {
  readonly cell_type: 'markdown' | 'code';
  readonly id: string;
  readonly metadata: object;
  readonly source: readonly string[];
}

/** A Jupyter notebook, nbformat 4.5, that reads rows from the Parquet file beside it and counts their classes. */
export function notebookOf(about: NotebookOf): object {
  return {
    cells: [
      markdown('about', aboutText(about)),
      code('read', readCode(about.data)),
      code('classes', CLASSES),
      code('look', LOOK),
    ],
    metadata: {
      kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
      language_info: { name: 'python' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function aboutText({ title, rows, words, lens, data }: NotebookOf): string {
  const count = rows === 1 ? '1 row' : `${rows} rows`;
  return [
    `# ${escapedMarkdown(title)}`,
    '',
    `${count} of Flipside, classified under the lens ${escapedMarkdown(`${lens.name} v${lens.version}`)}:`,
    '',
    ...words.map((each) => `- ${escapedMarkdown(each)}`),
    '',
    `They stand in ${escapedMarkdown(data)} beside this notebook, as they were when it was made. Each row names its run, its item and its ` +
      'row in the prediction file; `class` is null where the answer is right or could not be read.',
  ].join('\n');
}

/** A text as Python writes it: JSON's strings are Python's, but for signs beyond the first 65,536, which stand as they are. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}

function readCode(data: string): string {
  return `from pathlib import Path

try:
    import pandas
except ImportError:
    raise ImportError("pandas is missing. Run this, then start again: %pip install pandas pyarrow") from None


def read(file):
    """The rows of a Parquet file, by whichever reader is installed: pyarrow, fastparquet or DuckDB."""
    try:
        return pandas.read_parquet(file)
    except ImportError:
        pass
    try:
        import duckdb
    except ImportError:
        raise ImportError(
            "Nothing here reads Parquet. Run one of these, then start again: "
            "%pip install pyarrow or %pip install duckdb"
        ) from None
    return duckdb.read_parquet(str(file)).df()


file = Path(${pythonText(data)})  # Beside this notebook.
if not file.exists():
    raise FileNotFoundError(f"{file} is not in {Path.cwd()}: keep it beside the notebook, and start the kernel there.")
rows = read(file)
print(len(rows), "rows,", len(rows.columns), "columns")`;
}

const CLASSES = `# How often each class occurs in each run; rows without a class count under how they ended.
names = rows["class"].fillna(rows["outcome"])
rows.groupby([names.rename("class"), "run"]).size().unstack(fill_value=0)`;

const LOOK = `rows[["run", "item", "question", "gold", "predicted", "class"]].head(20)`;

function markdown(id: string, text: string): Cell {
  return { cell_type: 'markdown', id, metadata: {}, source: linesOf(text) };
}

function code(id: string, text: string): Cell & { execution_count: null; outputs: readonly never[] } {
  return { cell_type: 'code', execution_count: null, id, metadata: {}, outputs: [], source: linesOf(text) };
}

/** Lines with their ends, as notebooks keep them. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}
