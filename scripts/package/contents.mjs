/** What goes into a package: a list of files, each by its name there. Nothing is in it that is not listed here. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from './registry.mjs';
import { packagesOf } from './targets.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Of the project itself, beside the bundles. The samples stay out: nothing of the extension opens them. */
const PROJECT_FILES = [
  ...['package.nls.json', 'CHANGELOG.md', 'schemas/*.json'],
  ...['media/*', 'media/readme/*', 'media/walkthrough/*'],
  ...['models/*', 'python/*.py', 'docs/*.md'],
];

/** What icon.png was drawn from. */
const LEFT_OUT = new Set(['media/icon.svg']);

/** What only development needs of the manifest. Of the dependencies those stay that the package holds. */
const OF_DEVELOPMENT = new Set(['scripts', 'devDependencies', 'allowScripts', 'bin', 'private']);

/** The manifest as the package has it. */
export function packagedManifest(manifest, target) {
  const packages = packagesOf(target);
  const kept = Object.entries(manifest).filter(([key]) => !OF_DEVELOPMENT.has(key));
  const dependencies = Object.keys(packages)
    .filter((name) => name in (manifest.dependencies ?? {}))
    .map((name) => [name, manifest.dependencies[name]]);
  return { ...Object.fromEntries(kept), dependencies: Object.fromEntries(dependencies) };
}

/** README where the package's files are all there is: what it links to else is named, and no more. */
export function packagedReadme(text, names) {
  const there = new Set(names);
  return text.replaceAll(/(?<!!)\[([^\]]+)\]\(([^)\s:#]+)(#[^)\s]*)?\)/g, (whole, shown, file) => {
    if (file === 'LICENSE') return `[${shown}](LICENSE.txt)`;
    return there.has(file) ? whole : shown;
  });
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

function toExpression(pattern) {
  const literal = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${literal}$`);
}

/** The files that the patterns mean, sorted. Throws where one means none: what it was for would be missing. */
export function chosen(files, patterns, owner) {
  const found = patterns.flatMap((pattern) => {
    const expression = toExpression(pattern);
    const met = files.filter((file) => expression.test(file));
    if (met.length === 0) throw new Error(`${owner} has no file ${pattern}.`);
    return met;
  });
  return [...new Set(found)].sort();
}

/**
 * The files of a package, sorted by name, as {name, file} or {name, text}.
 * @param target one of TARGETS
 * @param built what the build wrote and what it left outside (build.mjs)
 */
export function contentsOf(target, built) {
  const packages = packagesOf(target);
  const unknown = built.packages.filter((name) => name !== 'vscode' && !(name in packages));
  if (unknown.length > 0) throw new Error(`The bundles load ${unknown.join(', ')}, which no package holds.`);
  const ofProject = chosen(
    [
      ...PROJECT_FILES.filter((name) => !name.includes('*')),
      ...['media', 'schemas', 'models', 'python', 'docs'].flatMap(below),
    ],
    PROJECT_FILES,
    'The project',
  ).filter((name) => !LEFT_OUT.has(name));
  const manifest = packagedManifest(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')), target);
  const entries = [
    { name: 'package.json', text: `${JSON.stringify(manifest, null, 2)}\n` },
    { name: 'LICENSE.txt', file: path.join(root, 'LICENSE') },
    ...[...ofProject, ...built.files.filter((name) => !name.endsWith('.map'))].map((name) => ({
      name,
      file: path.join(root, name),
    })),
    ...Object.entries(packages).flatMap(([name, patterns]) => filesOfPackage(name, patterns)),
  ];
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const names = entries.map(({ name }) => name);
  entries.push({ name: 'README.md', text: packagedReadme(readme, names) });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function below(folder) {
  return filesBelow(path.join(root, folder)).map((name) => `${folder}/${name}`);
}

function filesOfPackage(name, patterns) {
  const folder = packageFolder(name);
  return chosen(filesBelow(folder), patterns, name).map((file) => ({
    name: `node_modules/${name}/${file}`,
    file: path.join(folder, file),
  }));
}
