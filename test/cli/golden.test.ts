import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../src/core/model.js';
import { jsonOf, makeWorkspace, type Workspace } from '../support/cli.js';

/**
 * A folder under golden/input is a test: its commands.txt holds one command line each (`summary . --lens axes`), run in that
 * folder; what each prints as JSON is compared with golden/output. UPDATE_GOLDEN=1 writes the output anew: read the
 * difference before you keep it.
 */
const GOLDEN = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../golden');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const PATIENCE_MS = 120_000;
const TOLERANCE = 1e-12;

/** The words of a command line; double quotes hold words together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** "summary . --lens axes" → "summary-lens-axes.json". */
function outputName(line: string): string {
  return `${line.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')}.json`;
}

function commandsOf(name: string): string[] {
  return readFileSync(path.join(GOLDEN, 'input', name, 'commands.txt'), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
}

/** The same value with the input folder's own path taken out of every text. */
function withoutFolder(value: Json, folder: string): Json {
  if (typeof value === 'string') return value.replaceAll(`${folder}${path.sep}`, '').replaceAll(folder, '.');
  if (Array.isArray(value)) return value.map((each) => withoutFolder(each, folder));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutFolder(each, folder)]));
}

/** Every place where two values differ, as a path with both values. Key order does not count, floats count to TOLERANCE. */
function differences(actual: Json | undefined, expected: Json | undefined, at = '$'): string[] {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= TOLERANCE * Math.max(1, Math.abs(expected))
      ? []
      : [told(actual, expected, at)];
  }
  const isBranch = (value: Json | undefined): value is Json[] | { [key: string]: Json } =>
    typeof value === 'object' && value !== null;
  if (!isBranch(actual) || !isBranch(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return actual === expected ? [] : [told(actual, expected, at)];
  }
  const one = new Map(Object.entries(actual));
  const other = new Map(Object.entries(expected));
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((key) =>
    differences(one.get(key), other.get(key), `${at}.${key}`),
  );
}

function told(actual: Json | undefined, expected: Json | undefined, at: string): string {
  return `${at}: ${JSON.stringify(actual) ?? 'nothing'}, expected ${JSON.stringify(expected) ?? 'nothing'}`;
}

describe('golden folders', function () {
  this.timeout(PATIENCE_MS);
  let workspace: Workspace;
  before(() => (workspace = makeWorkspace()));
  after(() => workspace.remove());

  const names = readdirSync(path.join(GOLDEN, 'input')).sort();

  it('are there, and every output belongs to one', () => {
    assert.ok(names.length > 0);
    const expected = names.flatMap((name) => commandsOf(name).map((line) => path.join(name, outputName(line))));
    assert.equal(new Set(expected).size, expected.length, 'two commands of a folder have the same output');
    const present = readdirSync(path.join(GOLDEN, 'output'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(GOLDEN, 'output'), path.join(entry.parentPath, entry.name)));
    const orphans = present.filter((file) => !expected.includes(file));
    if (UPDATE) for (const file of orphans) rmSync(path.join(GOLDEN, 'output', file));
    else assert.deepEqual(orphans, []);
  });

  for (const name of names) {
    describe(name, () => {
      const folder = path.join(GOLDEN, 'input', name);
      for (const line of commandsOf(name)) {
        it(line, async () => {
          const words = wordsOf(line);
          const cache = words[0] === 'mapping' ? [] : ['--cache', workspace.cache];
          const actual = withoutFolder(await jsonOf<Json>([...words, ...cache], { cwd: folder }), folder);
          const file = path.join(GOLDEN, 'output', name, outputName(line));
          if (UPDATE) {
            mkdirSync(path.dirname(file), { recursive: true });
            writeFileSync(file, `${JSON.stringify(actual, null, 1)}\n`);
            return;
          }
          assert.ok(existsSync(file), `no expectation: write it with UPDATE_GOLDEN=1, then read it`);
          const found = differences(actual, JSON.parse(readFileSync(file, 'utf8')) as Json);
          assert.ok(found.length === 0, `${found.length} differences:\n${found.slice(0, 20).join('\n')}`);
        });
      }
    });
  }
});
