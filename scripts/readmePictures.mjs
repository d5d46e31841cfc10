/**
 * `npm run pictures`: README's pictures, out of those that `npm run test:host` takes (.vscode-test/screenshots), with fewer
 * colours so that each stays small. Run it after the window has changed, and look at them before you commit them.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const TAKEN = path.join(root, '.vscode-test', 'screenshots');
const SHOWN = path.join(root, 'media', 'readme');

/** Name in README, and name among the test's pictures. */
const PICTURES = [
  ['errors-and-inspector', 'views-dark-1600'],
  ['light', 'views-light-1600'],
  ['summary', 'light'],
  ['charts', 'charts-dark-1800'],
  ['compare', 'compare-dark-1800'],
  ['rerun', 'reruns-pair-1600-dark'],
];

/** A picture that is loaded with README is no larger. In bytes; scripts/package/rules.mjs refuses more. */
const MOST_BYTES = 250_000;

async function copy(name, taken) {
  const source = path.join(TAKEN, `${taken}.png`);
  if (!existsSync(source)) throw new Error(`${source} is missing: run npm run test:host first.`);
  const file = path.join(SHOWN, `${name}.png`);
  await sharp(source).png({ palette: true, quality: 90, effort: 10, compressionLevel: 9 }).toFile(file);
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}.`);
  process.stdout.write(`${path.relative(root, file)}: ${Math.round(size / 1000)} kB\n`);
}

try {
  mkdirSync(SHOWN, { recursive: true });
  for (const [name, taken] of PICTURES) await copy(name, taken);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
