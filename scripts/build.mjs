/**
 * Bundles the roots: src/cli.ts -> dist/cli.js, src/server.ts -> dist/server.cjs, src/inference.ts -> dist/inference.cjs,
 * src/extension.ts -> dist/extension.cjs, and every page: src/webviews/PAGE/main.tsx -> dist/webviews/PAGE.js and PAGE.css.
 * `--watch` rebuilds on change. Packages with native files stay outside the bundle.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureDeps } from './ensure-deps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const common = {
  define: { 'process.env.FLIPSIDE_VERSION': JSON.stringify(version) },
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  // What was written and what stays outside: a package holds no other files (scripts/package.mjs).
  metafile: true,
  legalComments: 'eof',
};

// CommonJS packages inside an ES module call `require`, which an ES module does not have.
const REQUIRE_BANNER =
  "import { createRequire as flipsideCreateRequire } from 'node:module';\n" +
  'const require = flipsideCreateRequire(import.meta.url);';

// What an ES module calls import.meta.url, which a CommonJS module does not have.
const MODULE_URL_BANNER = "const flipsideModuleUrl = require('node:url').pathToFileURL(__filename).href;";

/** The webviews' pages: one folder each under src/webviews. */
const PAGES = ['agreement', 'compare', 'dashboard', 'errors', 'inspector', 'mapping', 'models'];

/** What runs models and decodes pictures: native files, and JavaScript that looks for them beside itself. */
const MODEL_PACKAGES = ['onnxruntime-node', '@huggingface/transformers', 'sharp', '@img/*'];

const targets = [
  {
    source: 'src/cli.ts',
    // The threads share the core's chunks with the command line; the analysis process starts the same.
    more: ['src/indexThread.ts', 'src/hashThread.ts'],
    required: true,
    options: {
      // Split, so that `--help` and usage errors load none of the core.
      outdir: 'dist',
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      format: 'esm',
      // The database's JavaScript is part of a chunk: loading its many small files takes longer than all else before a query.
      external: ['@duckdb/node-bindings*', ...MODEL_PACKAGES],
      banner: { js: `#!/usr/bin/env node\n${REQUIRE_BANNER}` },
    },
  },
  {
    source: 'src/server.ts',
    required: false,
    options: {
      outfile: 'dist/server.cjs',
      // Somebody waits for it to start: one CommonJS file with the database's JavaScript in it loads in half the time of
      // ES modules that load many small files.
      format: 'cjs',
      external: ['@duckdb/node-bindings*', 'sharp', '@img/*'],
      banner: { js: MODULE_URL_BANNER },
      define: { ...common.define, 'import.meta.url': 'flipsideModuleUrl' },
    },
  },
  {
    source: 'src/inference.ts',
    required: false,
    options: {
      outfile: 'dist/inference.cjs',
      format: 'cjs',
      external: MODEL_PACKAGES,
      banner: { js: MODULE_URL_BANNER },
      define: { ...common.define, 'import.meta.url': 'flipsideModuleUrl' },
    },
  },
  {
    source: 'src/extension.ts',
    required: false,
    options: { outfile: 'dist/extension.cjs', format: 'cjs', external: ['vscode', '@duckdb/*'] },
  },
  ...PAGES.map((page) => ({
    source: `src/webviews/${page}/main.tsx`,
    required: false,
    options: {
      outdir: 'dist/webviews',
      entryNames: page,
      assetNames: '[name]',
      platform: 'browser',
      target: 'chrome120',
      format: 'iife',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      loader: { '.ttf': 'file' },
      minify: true,
    },
  })),
];

/** A shebang may stand once only, on the first line: the one in the source gives way to the banner's. */
const dropShebang = {
  name: 'drop-shebang',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]cli\.ts$/ }, async ({ path: file }) => {
      return { contents: (await readFile(file, 'utf8')).replace(/^#!.*/, ''), loader: 'ts' };
    });
  },
};

/**
 * Writes what has changed, each file aside and then in the place of the one before it: whoever reads dist meanwhile, as tests of pages do beside one
 * that builds, meets no half of a file. The command comes last, as what it loads must be there, and as its time says how new all of dist is.
 */
function write(results) {
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  const isCli = ({ path: file }) => file === CLI;
  for (const { path: file, contents } of [...files.filter((each) => !isCli(each)), ...files.filter(isCli)]) {
    if (existsSync(file) && readFileSync(file).equals(contents)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    const aside = `${file}.${process.pid}.aside`;
    writeFileSync(aside, contents);
    renameSync(aside, file);
  }
  if (existsSync(CLI)) chmodSync(CLI, 0o755);
}

/** For `--watch`, where each bundle is built by itself. */
const writes = {
  name: 'writes',
  setup(build) {
    build.onEnd((result) => {
      if (result.errors.length === 0) write([result]);
    });
  },
};

function contexts(esbuild, logLevel, plugins = []) {
  return Promise.all(
    targets
      .filter(({ source, required }) => required || existsSync(path.join(root, source)))
      .map(({ source, more = [], options }) =>
        esbuild.context({
          ...common,
          ...options,
          logLevel,
          entryPoints: [source, ...more],
          plugins: [dropShebang, ...plugins],
          write: false,
        }),
      ),
  );
}

/** What esbuild wrote: the files, by their paths in the project, and the packages that they load at run time. */
function written(results) {
  const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs));
  const packages = outputs
    .flatMap(([, { imports }]) => imports.filter(({ external }) => external).map(({ path: name }) => name))
    .filter((name) => !isBuiltin(name) && !name.includes(':'));
  // Both pages write the icon font.
  const files = outputs.map(([file]) => file);
  return { files: [...new Set(files)].sort(), packages: [...new Set(packages)].sort() };
}

/**
 * Builds once, and returns what was written as {files, packages}. Throws when a source does not compile; esbuild has then
 * printed where and why.
 */
export async function build() {
  ensureDeps();
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  const esbuild = await import('esbuild');
  const all = await contexts(esbuild, 'warning');
  try {
    const begun = new Date();
    const results = await Promise.all(all.map((context) => context.rebuild()));
    write(results);
    // It is as new as its sources were, changed or not; what is saved meanwhile is newer.
    utimesSync(CLI, begun, begun);
    return written(results);
  } finally {
    await Promise.all(all.map((context) => context.dispose()));
  }
}

async function watch() {
  ensureDeps();
  const esbuild = await import('esbuild');
  for (const context of await contexts(esbuild, 'info', [writes])) await context.watch();
  process.stderr.write('Watching src; Ctrl-C ends.\n');
}

function newest(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((time, entry) => Math.max(time, statSync(path.join(entry.parentPath, entry.name)).mtimeMs), 0);
}

/** Is dist/cli.js missing, or older than any source it is made of? */
export function isStale() {
  if (!existsSync(CLI)) return true;
  const inputs = [path.join(root, 'package-lock.json'), fileURLToPath(import.meta.url)];
  const folders = ['src', 'schemas'].map((name) => path.join(root, name)).filter((folder) => existsSync(folder));
  const latest = Math.max(...inputs.map((file) => statSync(file).mtimeMs), ...folders.map(newest));
  return statSync(CLI).mtimeMs < latest;
}

export async function buildIfStale() {
  if (isStale()) await build();
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await (process.argv.includes('--watch') ? watch() : build());
  } catch (error) {
    // esbuild has already printed its own errors.
    if (error.errors === undefined) process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
