/** What a finished package has to hold and must not hold. Asked of the archive itself, however it was made. */
import path from 'node:path';
import { platformsOf } from './binaries.mjs';
import { packagesOf, TARGETS } from './targets.mjs';
import { PREFIX } from './vsix.mjs';

/** 90 MB, of the packed file. */
export const MAX_BYTES = 90_000_000;

/** 250 kB, of a picture. */
const MAX_PICTURE_BYTES = 250_000;

const NATIVE = /\.(node|dll|dylib|exe)$|\.so(\.[\d.]+)?$/;

/** What starts without being loaded by another file, and what every view needs. */
const ROOTS = [
  ...[
    'dist/extension.cjs',
    'dist/server.cjs',
    'dist/inference.cjs',
    'dist/cli.js',
    'dist/indexThread.js',
    'dist/hashThread.js',
  ],
  ...['errors', 'inspector', 'dashboard', 'compare', 'mapping', 'models', 'agreement'].flatMap((page) => [
    `dist/webviews/${page}.js`,
    `dist/webviews/${page}.css`,
  ]),
  // What comes with the program to be run: models, and the programs that serve those of PyTorch.
  ...['augmented', 'baseline'].flatMap((name) => [`models/${name}.json`, `models/${name}.onnx`]),
  ...['python/hf_backend.py', 'docs/process-protocol.md'],
  ...['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE.txt'],
];

/** [pattern of a name, what such a file is]. */
const UNWANTED = [
  [/\.map$/, 'a source map'],
  [/\.[cm]?tsx?$/, 'TypeScript'],
  [/(^|\/)(tests?|__tests__|fixtures|golden)\/|\.(test|spec|stories)\./i, 'a test'],
  [/\.(c|cc|cpp|h|gyp|gypi|lib|a|pdb)$/, 'of a compiler'],
  [/(^|\/)(\.env[^/]*|\.npmrc|\.netrc|id_(rsa|ed25519)[^/]*)$|\.(pem|key|p12|pfx)$/i, 'a secret, by its name'],
  [/(^|\/)\.(git|github|vscode|flipside|ci)(\/|$)/, 'of development'],
  [/\.(vsix|tgz|zip|log|tmp)$/, 'no part of a program'],
  [/^(src|bench|scripts|coverage)\//, 'of development'],
];

const SECRETS = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, "a token of npm's"],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b/, "a token of GitHub's"],
  [/\bAKIA[0-9A-Z]{16}\b/, "a key of AWS's"],
  [/\/\/[^/\s"']+\/:_(authToken|password)=/, 'a password of a registry'],
];

/** Names of files that the manifest mentions, wherever they stand in it. */
function mentioned(value) {
  if (typeof value === 'string') {
    return /^(\.\/)?(media|dist|schemas|samples)\/[^*]+\.\w+$/.test(value) ? [path.posix.normalize(value)] : [];
  }
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(mentioned);
}

/** The files beside it that a bundle loads, pictures and pages that README leads to, and files that a style sheet names. */
function loaded({ name, content }) {
  const patterns = [
    [/^dist\/(?!webviews).*\.c?js$/, /(?:\bfrom|\bimport|\brequire\()\s*\(?\s*["'](\.{1,2}\/[^"']+\.c?js)["']/g],
    [/\.css$/, /url\(["']?(\.\/[^"')]+)["']?\)/g],
    [/^README\.md$/, /\]\(([^)\s:#]+)(?:#[^)\s]*)?\)/g],
  ];
  const found = patterns
    .filter(([of]) => of.test(name))
    .flatMap(([, link]) => Array.from(content.toString('utf8').matchAll(link), (match) => match[1]));
  return found.map((file) => path.posix.join(path.posix.dirname(name), file.replace(/[?#].*$/, '')));
}

function missing(entries, target) {
  const names = new Set(entries.map(({ name }) => name));
  const holds = (name, pattern) =>
    [...names].some((file) => file.startsWith(`node_modules/${name}/`) && pattern.test(file));
  const packages = Object.keys(packagesOf(target));
  const native = packages.filter((name) => name.endsWith(`-${target}`) && !name.includes('libvips'));
  const manifest = entries.find(({ name }) => name === 'package.json');
  const wanted = [
    ...ROOTS,
    ...packages.map((name) => `node_modules/${name}/package.json`),
    ...(manifest === undefined ? [] : mentioned(JSON.parse(manifest.content.toString('utf8')))),
    ...entries.flatMap(loaded),
  ];
  return [
    ...[...new Set(wanted)].filter((name) => !names.has(name)).map((name) => `${name} is missing.`),
    ...native.filter((name) => !holds(name, NATIVE)).map((name) => `${name} has no native file.`),
    ...packages.filter((name) => !holds(name, /\/(LICEN[CS]E|README)[^/]*$/i)).map((name) => `${name} has no licence.`),
  ];
}

/** Is the file of a package that is not to be there: another platform's, or one that is bundled or never loaded? */
function isStranger(name, target) {
  const owner = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1];
  return name.startsWith('node_modules/') && !(owner !== undefined && owner in packagesOf(target));
}

function unwanted({ name, size, isText, content }, target, places) {
  const problems = UNWANTED.filter(([pattern]) => pattern.test(name)).map(([, what]) => `${name} is ${what}.`);
  if (isStranger(name, target)) problems.push(`${name} is of a package that does not run on ${target}.`);
  if (name.startsWith('media/') && size > MAX_PICTURE_BYTES) problems.push(`${name} has ${size} bytes, too many.`);
  const platforms = platformsOf(content);
  if ((NATIVE.test(name) || platforms.length > 0) && !platforms.includes(target)) {
    problems.push(`${name} is built for ${platforms.join(', ') || 'no platform that is known'}, not for ${target}.`);
  }
  if (!isText) return problems;
  const text = content.toString('utf8');
  for (const [pattern, what] of SECRETS) if (pattern.test(text)) problems.push(`${name} holds ${what}.`);
  for (const place of places) if (text.includes(place)) problems.push(`${name} names a folder of this machine.`);
  return problems;
}

function ofArchive(entries, target) {
  const names = entries.map(({ name }) => name);
  const twice = names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is there twice.`);
  const outside = names.filter((name) => !name.startsWith(PREFIX) && !ABOVE.has(name));
  const manifest = entries.find(({ name }) => name === 'extension.vsixmanifest')?.content.toString('utf8') ?? '';
  return [
    ...twice,
    ...outside.map((name) => `${name} lies outside of ${PREFIX}.`),
    ...[...ABOVE].filter((name) => !names.includes(name)).map((name) => `${name} is missing.`),
    ...(manifest.includes(`TargetPlatform="${target}"`) ? [] : [`extension.vsixmanifest is not for ${target}.`]),
  ];
}

const ABOVE = new Set(['extension.vsixmanifest', '[Content_Types].xml']);

/**
 * What is wrong with a package, a sentence each; none where it may be given to people.
 * @param entries what readVsix() found
 * @param bytes the size of the archive
 * @param places folders of this machine that no text of a package may name
 */
export function problemsOf(entries, { target, bytes, places = [] }) {
  if (!TARGETS.includes(target)) throw new Error(`${target} is none of ${TARGETS.join(', ')}.`);
  const inside = entries
    .filter(({ name }) => name.startsWith(PREFIX))
    .map((entry) => ({ ...entry, name: entry.name.slice(PREFIX.length) }));
  const size = `It has ${(bytes / 1e6).toFixed(1)} MB, more than ${MAX_BYTES / 1e6}.`;
  return [
    ...(bytes > MAX_BYTES ? [size] : []),
    ...ofArchive(entries, target),
    ...missing(inside, target),
    ...inside.flatMap((entry) => unwanted(entry, target, places)),
  ];
}
