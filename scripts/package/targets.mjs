/** The platforms that there are packages for, and what each takes of node_modules. */

/** VS Code's names of the platforms. DuckDB and sharp publish binaries for each under the same name. */
export const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** What DuckDB's library is called. */
const DATABASE = { linux: 'libduckdb.so', darwin: 'libduckdb.dylib', win32: 'duckdb.dll' };

const LICENSED = ['package.json', 'LICENSE'];

/** Where libvips lies: in a package of its own, whose README states the licences of what it is linked with; on Windows in sharp's. */
function libvipsOf(target, system) {
  const sharp = [...LICENSED, 'index.cjs', 'lib/*.node'];
  if (system === 'win32') return { [`@img/sharp-${target}`]: [...sharp, 'lib/*.dll', 'versions.json', 'README.md'] };
  const library = system === 'darwin' ? 'lib/libvips-cpp.*.dylib' : 'lib/libvips-cpp.so.*';
  return {
    [`@img/sharp-${target}`]: sharp,
    [`@img/sharp-libvips-${target}`]: ['package.json', 'README.md', 'versions.json', library],
  };
}

/** sharp as WebAssembly: Electron on Linux crashes with the native one (src/server/sharpLoader.ts), and no other does. */
const WASM = {
  '@img/sharp-wasm32': [...LICENSED, 'README.md', 'versions.json', 'index.cjs', 'lib/*.node.js', 'lib/*.node.wasm'],
  '@emnapi/runtime': [...LICENSED, 'index.js', 'dist/emnapi.cjs.js', 'dist/emnapi.cjs.min.js'],
};

/** ONNX's runtime by platform, which is in one package for all; for Macs with Intel's processors there is none. */
const RUNTIME = {
  'linux-x64': ['libonnxruntime.so.1'],
  'linux-arm64': ['libonnxruntime.so.1'],
  'darwin-arm64': ['libonnxruntime.1.dylib'],
  'win32-x64': ['onnxruntime.dll', 'DirectML.dll', 'dxcompiler.dll', 'dxil.dll'],
  'win32-arm64': ['onnxruntime.dll', 'DirectML.dll', 'dxcompiler.dll', 'dxil.dll'],
};

/** What runs models: the runtime, and what reads the models of the Hugging Face hub. The package of the runtime states its licence in its README. */
function modelsOf(target) {
  const binaries = (RUNTIME[target] ?? []).map((name) => `bin/napi-v6/${target.replace('-', '/')}/${name}`);
  const binding = binaries.length === 0 ? [] : [`bin/napi-v6/${target.replace('-', '/')}/onnxruntime_binding.node`];
  return {
    'onnxruntime-node': ['package.json', 'README.md', 'dist/*.js', ...binding, ...binaries],
    'onnxruntime-common': ['package.json', 'README.md', ...['dist/cjs/', 'dist/esm/'].flatMap(codeIn)],
    // Templates and tokenizers are part of this file.
    '@huggingface/transformers': [...LICENSED, 'dist/transformers.node.mjs'],
  };
}

function codeIn(folder) {
  return [`${folder}package.json`, `${folder}*.js`];
}

/**
 * The packages that stay outside the bundles and what these load, as {name: patterns of its files}. A `*` stands for
 * anything but a slash. Every pattern meets a file, or the package is not made.
 */
export function packagesOf(target) {
  const [system] = target.split('-');
  return {
    '@duckdb/node-bindings': [...LICENSED, 'duckdb.js'],
    [`@duckdb/node-bindings-${target}`]: [...LICENSED, 'duckdb.node', DATABASE[system]],
    // The bundles import sharp; its CommonJS entry is only looked up, to find what lies beside it.
    sharp: [...LICENSED, 'dist/*.mjs', 'dist/index.cjs'],
    '@img/colour': ['package.json', 'LICENSE.md', '*.cjs'],
    'detect-libc': [...LICENSED, 'lib/*.js'],
    semver: [...LICENSED, 'index.js', 'classes/*.js', 'functions/*.js', 'internal/*.js', 'ranges/*.js'],
    ...libvipsOf(target, system),
    ...modelsOf(target),
    ...(system === 'linux' ? WASM : {}),
  };
}

/** The target that runs on this machine; undefined where there is none (musl among them). */
export function ownTarget() {
  const { glibcVersionRuntime } = process.report.getReport().header;
  if (process.platform === 'linux' && glibcVersionRuntime === undefined) return undefined;
  return TARGETS.find((target) => target === `${process.platform}-${process.arch}`);
}
