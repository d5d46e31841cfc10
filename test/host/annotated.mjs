/* global document, MutationObserver, window -- what is handed to a frame runs in its page */
/** What the checks of annotating have in common: the files of annotations, the list's labels, and what its page calls saved. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { goToRow, isCurrent } from './rows.mjs';
import { frameOf, openContainer, shoot, TIMEOUT, treeRow, until } from './workbench.mjs';
import { THEMES } from './pictures.mjs';

const cli = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli.js');

/** The run whose errors are annotated, how many it has, and what the list then says. */
export const RUN = 'synthetic-baseline';
export const ERRORS_OF_RUN = 66;
const LISTED = /^\s*66\s+of\s+114\b/;

export function annotationFile(workspace, name) {
  return path.join(workspace, '.flipside', 'annotations', `${name}.jsonl`);
}

/** Names of the files of annotations that are there. */
export function annotators(workspace) {
  const folder = path.join(workspace, '.flipside', 'annotations');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The events of a file, of its whole lines that are events; none where it is not there. */
export function eventsIn(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

/** The labels that a file gives, by item: the last one of each counts. */
export function labelsIn(file) {
  const labels = new Map();
  for (const { item, set } of eventsIn(file)) if (set.label !== undefined) labels.set(item.item, set.label);
  return labels;
}

/** The errors of the run in the order of its file, as the command line tells them: [{item, row, question, class}]. */
export function errorsOf(workspace) {
  const args = [cli, 'errors', path.join(workspace, 'samples'), '--run', RUN, '--limit', '1000', '--format', 'json'];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const { errors } = JSON.parse(printed);
  assert.equal(errors.length, ERRORS_OF_RUN);
  return [...errors].sort((one, other) => one.row - other.row);
}

/** Changes the settings of a workspace, which VS Code watches; a value of undefined takes one away. */
export function changeSettings(workspace, changes) {
  const file = path.join(workspace, '.vscode', 'settings.json');
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...before, ...changes }));
}

export function settingIn(file, name) {
  return JSON.parse(readFileSync(file, 'utf8'))[name];
}

/** Keys with the label's id and title, as the scheme has them without a file of its own. */
export const LABELS = [
  ['h', 'horizontal-flip', 'true horizontal flip'],
  ['d', 'depth-flip', 'true depth flip'],
  ['x', 'orthogonal', 'orthogonal'],
  ['w', 'wrong-object', 'wrong object'],
];
/** Ids by title. */
export const TITLES = new Map(LABELS.map(([, id, title]) => [title, id]));

/** The label that a row gets in these checks, by its place from 1. */
export function labelAt(position) {
  return LABELS[(position - 1) % LABELS.length];
}

// --- The list -------------------------------------------------------------------------------------------------------------

/** Shows the errors of the run and makes one of them current. Returns the list's frame. */
export async function listRun(page, position = 1) {
  await openContainer(page);
  const errors = await frameOf(page, 'Errors');
  // A click is lost where the tree draws its rows anew in that moment, as it does while runs are being counted.
  await until('the errors of the run', async () => {
    await treeRow(page, RUN).click({ timeout: 5000 });
    await errors.locator('.count-line .count', { hasText: LISTED }).waitFor({ timeout: 5000 });
    return true;
  });
  await errors.locator('.row .question').first().waitFor({ timeout: TIMEOUT });
  await goToRow(page, position);
  return errors;
}

export function untilCurrent(errors, position) {
  return until(`row ${position} is current`, () => isCurrent(errors, position, 0));
}

/** Gives rows their labels by key, from the current one on, each once the one before is saved. */
export async function labelRows(page, errors, first, last, label = labelAt) {
  for (let position = first; position <= last; position++) {
    await page.keyboard.press(label(position)[0]);
    await untilCurrent(errors, position + 1);
  }
}

/** The chip with what people say of a row, by its place from 1; null where nobody says anything. */
export function labelOf(errors, position) {
  return errors.evaluate(
    (at) => document.querySelector(`.row[aria-posinset="${at}"] .label-of-people .class`)?.textContent ?? null,
    position,
  );
}

export function untilLabel(errors, position, expected) {
  return until(`the label of row ${position}`, async () => {
    const label = await labelOf(errors, position);
    return label === expected || String(label);
  });
}

/** What became of the last key, as the page says it. */
export function saved(errors) {
  return errors.locator('.labels .saved');
}

export function progress(errors) {
  return errors.locator('.labels .progress-of-labels');
}

/**
 * From now on, what the page calls saved: `said` is a list of {item, title, inFile}, where `inFile` tells whether the label was in the annotator's file
 * in the moment in which it was called saved. Once for each page.
 */
export async function heedSaved(page, file, titles) {
  const said = [];
  await page.exposeBinding('heardSaved', (_, text) => {
    const [, item, title] = /^(?:saved\s+)?(.+?): (.+)$/s.exec(text) ?? [];
    if (item === undefined) return;
    const inFile = eventsIn(file).some((event) => event.item.item === item && event.set.label === titles.get(title));
    said.push({ item, title, inFile });
  });
  return said;
}

/** Tells the binding of `heedSaved` of this frame's list; after each reload anew. */
export async function listen(errors) {
  await errors.locator('.labels .saved').waitFor({ state: 'attached', timeout: TIMEOUT });
  await errors.evaluate(() => {
    let last = null;
    const look = () => {
      const element = document.querySelector('.labels .saved');
      const text = element?.querySelector('.codicon-check') ? element.querySelector('.said').textContent : null;
      if (text !== null && text !== last) void window.heardSaved(text);
      last = text;
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

// --- Pictures -------------------------------------------------------------------------------------------------------------

/** The window in every theme, and in the dark one at 1600 pixels; `titles`: the pages in it that are repainted. */
export async function photographWindow(page, pictures, name, titles = ['Errors']) {
  await page.mouse.move(640, 2);
  for (const [theme, media, windowClass, pageClass] of THEMES) {
    await paint(page, media, windowClass, pageClass, titles);
    await shoot(page, pictures, `${name}-${theme}`);
  }
  await page.setViewportSize({ width: 1600, height: 1000 });
  const [, [, media, windowClass, pageClass]] = THEMES;
  await paint(page, media, windowClass, pageClass, titles);
  await shoot(page, pictures, `${name}-1600`);
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function paint(page, media, windowClass, pageClass, titles) {
  await page.emulateMedia(media);
  await page.locator(`.monaco-workbench${windowClass}`).waitFor({ timeout: TIMEOUT });
  for (const title of titles) {
    const frame = await frameOf(page, title);
    await frame.locator(`body.${pageClass}`).waitFor({ timeout: TIMEOUT });
    await until('the pictures', () =>
      frame.evaluate(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0)),
    );
  }
}
