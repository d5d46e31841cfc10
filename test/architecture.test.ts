import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Project paths, with `/`, of the files below `folder`. */
function filesBelow(folder: string): string[] {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/** [importing file, import specifier] */
type Arrow = readonly [string, string];

const FORBIDDEN: readonly Arrow[] = [
  ['src/core/model.ts', './formats/registry.js'],
  ['src/core/model.ts', 'node:fs'],
  ['src/core/formats/registry.ts', '../answers/default.js'],
  ['src/core/formats/viewspatial/csv.ts', '../../relations/phrases.js'],
  ['src/core/formats/viewspatial/csv.ts', '../../../cli.js'],
  ['src/core/formats/a/b/deep.ts', '../../../store/shards.js'],
  ['src/core/answers/default.ts', '../relations/phrases.js'],
  ['src/core/answers/default.ts', './../relations/phrases.js'],
  ['src/core/relations/phrases.ts', '../formats/format.js'],
  ['src/core/relations/lenses/axes.ts', '../../metrics/rates.js'],
  ['src/core/metrics/rates.ts', '../store/query.js'],
  ['src/core/metrics/rates.ts', '@duckdb/node-api'],
  ['src/core/annotations/sidecar.ts', '../export/csv.js'],
  ['src/core/export/csv.ts', '../analysis.js'],
  ['src/core/export/csv.ts', 'node:https'],
  ['src/core/export/rows.ts', '../formats/format.js'],
  ['src/core/store/shards.ts', '../analysis.js'],
  ['src/core/store/shards.ts', '../../cli/args.js'],
  ['src/core/store/shards.ts', 'vscode'],
  ['src/core/analysis.ts', '../views/tree.js'],
  ['src/core/analysis.ts', '../inference/client.js'],
  ['src/core/analysis.ts', '@duckdb/node-api'],
  ['src/core/analysis/ingest.ts', '../../cli/summary.js'],
  ['src/core/analysis/ingest.ts', '../../protocol/inspector.js'],
  ['src/core/analysis/ingest.ts', 'vscode'],
  ['src/inference/client.ts', '../core/analysis.js'],
  ['src/inference/saliency/rise.ts', '../../core/store/shards.js'],
  ['src/protocol/inspector.ts', '../core/analysis.js'],
  ['src/webviews/inspector/main.ts', '../../core/metrics/rates.js'],
  ['src/webviews/inspector/main.ts', '../../views/inspector.js'],
  ['src/webviews/inspector/main.ts', 'vscode'],
  ['src/webviews/inspector/main.ts', 'node:fs'],
  ['src/core/images/locate.ts', '../store/shards.js'],
  ['src/core/images/locate.ts', 'node:https'],
  ['src/server/session.ts', '../core/store/shards.js'],
  ['src/server/session.ts', '../views/page.js'],
  ['src/server/session.ts', 'vscode'],
  ['src/views/page.ts', '../server/session.js'],
  ['src/views/tree.ts', '../core/store/query.js'],
  ['src/views/tree.ts', '../core/analysis.js'],
  ['src/views/tree.ts', '../core/imageData.js'],
  ['src/core/imageData.ts', './images/openImage.js'],
  ['src/core/metrics/agreement.ts', '../agreementModel.js'],
  ['src/views/tree.ts', '../cli/args.js'],
  ['src/cli/summary.ts', '../core/store/query.js'],
  ['src/cli/summary.ts', 'vscode'],
  ['src/cli.ts', './views/tree.js'],
  ['src/cli.ts', './server/session.js'],
  ['src/cli.ts', 'vscode'],
  ['src/extension.ts', './cli/args.js'],
  ['src/extension.ts', '@duckdb/node-api'],
];

const ALLOWED: readonly Arrow[] = [
  ['src/core/formats/registry.ts', '../model.js'],
  ['src/core/formats/registry.ts', './viewspatial/csv.js'],
  ['src/core/formats/registry.ts', '../imageData.js'],
  ['src/core/images/openImage.ts', '../imageData.js'],
  ['src/core/formats/viewspatial/csv.ts', '../../model.js'],
  ['src/core/formats/viewspatial/csv.ts', '../format.js'],
  ['src/core/formats/a/b/deep.ts', '../../../model.js'],
  ['src/core/formats/containers/zip.ts', 'yauzl'],
  ['src/core/metrics/rates.ts', 'node:path'],
  ['src/core/store/shards.ts', '@duckdb/node-api'],
  ['src/core/store/shards.ts', '../formats/registry.js'],
  ['src/core/store/shards.ts', '../model.js'],
  ['src/core/analysis.ts', './store/shards.js'],
  ['src/core/analysis.ts', './analysis/ingest.js'],
  ['src/core/analysis/ingest.ts', '../metrics/rates.js'],
  ['src/core/analysis/ingest.ts', '../model.js'],
  ['src/inference/client.ts', '../core/model.js'],
  ['src/inference/process.ts', '../protocol/rpc.js'],
  ['src/protocol/inspector.ts', '../core/model.js'],
  ['src/webviews/inspector/main.ts', '../../protocol/inspector.js'],
  ['src/webviews/inspector/main.ts', '../../core/model.js'],
  ['src/protocol/inspector.ts', '../core/agreementModel.js'],
  ['src/views/tree.ts', 'vscode'],
  ['src/views/tree.ts', '../inference/client.js'],
  ['src/cli/summary.ts', '../core/analysis.js'],
  ['src/cli/summary.ts', '../core/analysis/summary.js'],
  ['src/cli.ts', './cli/summary.js'],
  ['src/cli.ts', './server/reportPictures.js'],
  ['src/extension.ts', 'vscode'],
  ['src/extension.ts', './views/tree.js'],
];

describe('the arrows of the architecture', () => {
  // Only the arrows are asked about, for files that need not exist: rules that need types are off.
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: [tseslint.configs.disableTypeChecked],
  });

  async function restrictions(file: string, code: string): Promise<string[]> {
    const results = await eslint.lintText(code, { filePath: path.join(root, file) });
    const messages = results.flatMap((result) => result.messages);
    const fatal = messages.find((message) => message.fatal);
    assert.equal(fatal, undefined, `${file}: ${fatal?.message}`);
    return messages.map((message) => message.ruleId ?? '').filter((rule) => rule.startsWith('no-restricted-'));
  }

  for (const [file, specifier] of FORBIDDEN) {
    it(`${file} may not import ${specifier}`, async () => {
      const expected = ['no-restricted-imports'];
      assert.deepEqual([...new Set(await restrictions(file, `import '${specifier}';\n`))], expected);
      assert.deepEqual([...new Set(await restrictions(file, `export * from '${specifier}';\n`))], expected);
    });
  }

  for (const [file, specifier] of ALLOWED) {
    it(`${file} may import ${specifier}`, async () => {
      assert.deepEqual(await restrictions(file, `import '${specifier}';\nvoid import('${specifier}');\n`), []);
    });
  }

  it('holds for dynamic imports, type imports and require as well', async () => {
    const file = 'src/core/metrics/rates.ts';
    for (const code of [
      `import type { A } from '../store/query.js';\nexport type B = A;\n`,
      `export const load = () => import('../store/query.js');\n`,
      `export type A = import('../store/query.js').A;\n`,
      `export const load = (name: string) => import(name);\n`,
      `export const query: unknown = require('../store/query.js');\n`,
    ]) {
      assert.equal((await restrictions(file, code)).length, 1, code);
    }
  });

  it('keeps the network and the DOM out of the core', async () => {
    assert.deepEqual(await restrictions('src/core/analysis.ts', `export const page = () => fetch('x');\n`), [
      'no-restricted-globals',
    ]);
  });

  it('lints every source file by some area of the table', async () => {
    const unruled: string[] = [];
    for (const file of filesBelow('src').filter((name) => /\.tsx?$/.test(name))) {
      const config = (await eslint.calculateConfigForFile(path.join(root, file))) as {
        rules?: Record<string, unknown>;
      };
      if (config.rules?.['no-restricted-imports'] === undefined) unruled.push(file);
    }
    assert.deepEqual(unruled, [], 'name the folder (or its depth) in scripts/arrows.mjs');
  });
});

/** Every relative import, export or import() of a file, as the project path of the TypeScript file that it names. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]*)['"]/g);
  return Array.from(specifiers, (match) => sourceOf(path.posix.join(path.posix.dirname(file), match[1] ?? '')));
}

/** The file that an import of "x.js" means: x.ts, or a component in x.tsx. Other files mean themselves. */
function sourceOf(imported: string): string {
  if (!imported.endsWith('.js')) return imported;
  const source = imported.replace(/\.js$/, '.ts');
  return existsSync(path.join(root, source)) || !existsSync(path.join(root, `${source}x`)) ? source : `${source}x`;
}

/** The first cycle of a graph, as the nodes on it with the first repeated at the end; null when there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return null;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle !== null) return cycle;
    }
    done.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

describe('the import graph', () => {
  it('sees a cycle where there is one', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['b']],
    ]);
    assert.deepEqual(findCycle(graph), ['b', 'd', 'b']);
    assert.equal(findCycle(new Map([...graph, ['d', ['c']]])), null);
  });

  it('of src has no cycle, and every relative import names a file', () => {
    const files = filesBelow('src').filter((name) => /\.tsx?$/.test(name));
    const graph = new Map(files.map((file) => [file, importsOf(file)]));
    const cycle = findCycle(graph);
    assert.equal(cycle, null, `import cycle: ${cycle?.join(' -> ')}`);
    const missing = [...graph].flatMap(([file, targets]) =>
      targets.filter((target) => !existsSync(path.join(root, target))).map((target) => `${file} -> ${target}`),
    );
    assert.deepEqual(missing, []);
    assert.ok([...graph.values()].flat().length > 0, 'no import was found at all: the regular expression is broken');
  });
});

describe('the discovery of tests', () => {
  it('is by glob', () => {
    const config = JSON.parse(readFileSync(path.join(root, '.mocharc.json'), 'utf8')) as { spec?: string[] };
    assert.deepEqual(config.spec, ['test/**/*.test.ts']);
  });

  it('loses no file: whoever describes is named *.test.ts', () => {
    const lost = filesBelow('test').filter(
      (name) =>
        /\.[cm]?tsx?$/.test(name) &&
        !name.endsWith('.test.ts') &&
        !name.startsWith('test/fixtures/') &&
        /^(describe|describeReal|it)\s*\(/m.test(readFileSync(path.join(root, name), 'utf8')),
    );
    assert.deepEqual(lost, []);
  });
});
