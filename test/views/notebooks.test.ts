import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FlipsideError } from '../../src/core/model.js';
import { notebookOf } from '../../src/views/notebookCells.js';
import { fileName, freePlace, writeNotebook } from '../../src/views/notebookFiles.js';

interface Cell {
  cell_type: string;
  id: string;
  metadata: object;
  source: string[];
  outputs?: unknown[];
  execution_count?: null;
}
interface Notebook {
  cells: Cell[];
  metadata: { kernelspec: { name: string; display_name: string }; language_info: { name: string } };
  nbformat: number;
  nbformat_minor: number;
}

const ABOUT = {
  title: 'left as right',
  data: 'left-as-right.parquet',
  rows: 22,
  words: ['class is horizontal-flip', 'question or answers contain "<b> [x](y)"'],
  lens: { name: 'axes', version: '1' },
};

function notebook(more: Partial<typeof ABOUT> = {}): Notebook {
  return JSON.parse(JSON.stringify(notebookOf({ ...ABOUT, ...more }))) as Notebook;
}

function skipSaying(test: Mocha.Context): void {
  process.stdout.write('Skipped: no Python with pandas; install python3-pandas.\n');
  test.skip();
}

/** A Python that has pandas: Debian's own, else the one on the PATH. */
const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', 'import pandas'], { stdio: 'ignore' }).status === 0,
);

describe('a notebook of rows', () => {
  it('has the form of nbformat 4.5', () => {
    const { cells, metadata, nbformat, nbformat_minor: minor, ...more } = notebook();
    assert.deepEqual([nbformat, minor, more], [4, 5, {}]);
    assert.deepEqual(Object.keys(metadata.kernelspec).sort(), ['display_name', 'language', 'name']);
    assert.equal(metadata.language_info.name, 'python');
    assert.equal(new Set(cells.map(({ id }) => id)).size, cells.length);
    for (const cell of cells) {
      assert.match(cell.id, /^[a-zA-Z0-9-_]{1,64}$/);
      const own = cell.cell_type === 'code' ? ['execution_count', 'outputs'] : [];
      assert.deepEqual(Object.keys(cell).sort(), ['cell_type', ...own, 'id', 'metadata', 'source'].sort());
      if (cell.cell_type === 'code') assert.deepEqual([cell.execution_count, cell.outputs], [null, []]);
      assert.ok(
        cell.source.slice(0, -1).every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1),
      );
    }
  });

  it('says what its rows are, as text', () => {
    const text = notebook().cells[0]?.source.join('') ?? '';
    assert.match(text, /^# left as right\n/);
    assert.match(text, /22 rows of Flipside, classified under the lens axes v1:/);
    assert.match(text, /\n- class is horizontal-flip\n- question or answers contain "\\<b\\> \\\[x\\\]\(y\)"\n/);
  });

  it('runs in Python over its rows', function () {
    if (PYTHON === undefined) return skipSaying(this);
    const result = runCells(
      PYTHON,
      // Reading Parquet needs more than pandas; what is tested is all else.
      'pandas.read_parquet = lambda file: pandas.DataFrame({"run": ["a", "a", "b"], "item": ["1", "2", "1"], ' +
        '"question": ["q"] * 3, "gold": ["left"] * 3, "predicted": ["right", None, "right"], ' +
        '"class": ["horizontal-flip", None, "horizontal-flip"], "outcome": ["wrong", "unanswered", "wrong"]})',
    );
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /3 rows, 7 columns/);
    assert.match(result.stdout, /horizontal-flip\s+1\s+1\s+unanswered\s+1\s+0/);
  });

  it('says in Python what to install where nothing reads Parquet', function () {
    if (PYTHON === undefined) return skipSaying(this);
    const none =
      'def none(file): raise ImportError("no engine")\npandas.read_parquet = none\nsys.modules["duckdb"] = None';
    const result = runCells(PYTHON, none);
    assert.notEqual(result.status, 0);
    assert.match(result.stderr, /ImportError: Nothing here reads Parquet\. Run one of these.*%pip install pyarrow/);
    const missing = runCells(PYTHON, 'pandas.read_parquet = None', 'missing.parquet');
    assert.match(missing.stderr, /FileNotFoundError: missing\.parquet is not in .*: keep it beside the notebook/);
  });
});

/** Runs the code cells one after another, as Jupyter does, in a folder that holds a file of the data's name. */
function runCells(
  python: string,
  before: string,
  data = ABOUT.data,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-notebook-'));
  writeFileSync(path.join(folder, ABOUT.data), '');
  const cells = notebook({ data }).cells.filter((cell) => cell.cell_type === 'code');
  const shown = cells.map(({ source }, at) => {
    const lines = source.join('').split('\n');
    // What the last line gives, a notebook shows.
    return at === 0 ? lines.join('\n') : [...lines.slice(0, -1), `print(${lines.at(-1) ?? ''})`].join('\n');
  });
  const program = ['import sys, pandas', before, ...shown].join('\n');
  const result = spawnSync(python, ['-c', program], { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return result;
}

describe('where notebooks lie', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-notebooks-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is named after the rows, in letters that every system has names of', () => {
    assert.equal(fileName('left as right'), 'left-as-right');
    assert.equal(fileName('../../etc/passwd'), 'etc-passwd');
    assert.equal(fileName('左 → 右'), '左-右');
    assert.equal(fileName('???'), 'rows');
    assert.equal(fileName('x'.repeat(500)).length, 60);
  });

  it('is a number further where a notebook or data have the name', async () => {
    const place = path.join(folder, '.flipside', 'notebooks');
    assert.deepEqual(await freePlace(folder, 'a b'), {
      notebook: path.join(place, 'a-b.ipynb'),
      data: path.join(place, 'a-b.parquet'),
    });
    writeFileSync(path.join(place, 'a-b.ipynb'), 'edited');
    writeFileSync(path.join(place, 'a-b-2.parquet'), '');
    assert.equal((await freePlace(folder, 'a b')).notebook, path.join(place, 'a-b-3.ipynb'));
  });

  it('never loses a notebook that is there, and leaves nothing half written', async () => {
    const { notebook: file } = await freePlace(folder, 'mine');
    await writeNotebook(file, notebookOf(ABOUT));
    const written = readFileSync(file, 'utf8');
    assert.deepEqual(JSON.parse(written), notebook());
    await assert.rejects(writeNotebook(file, { other: true }), FlipsideError);
    assert.equal(readFileSync(file, 'utf8'), written);
    assert.deepEqual(readdirSync(path.dirname(file)), ['mine.ipynb']);
  });

  it('is told where it cannot be made', async () => {
    mkdirSync(path.join(folder, '.flipside'));
    writeFileSync(path.join(folder, '.flipside', 'notebooks'), 'a file');
    await assert.rejects(freePlace(folder, 'a'), /notebooks cannot be written/);
  });
});
