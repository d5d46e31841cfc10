/** Clicks and keys where VS Code draws rows and menus anew under one's hands, which loses some: each again until it has its effect. */
import { setTimeout as sleep } from 'node:timers/promises';
import { frameOf, pane, shownItem, standing, TIMEOUT, treeRow, until } from './workbench.mjs';

/** So long a click may take, and what it leads to; then it is looked at anew. */
const PATIENCE = 5000;

/** Clicks until what that leads to can be seen. */
export async function clickFor(target, effect) {
  await until(`a click on ${target}`, async () => {
    if (await effect.isVisible()) return true;
    await target.click({ timeout: PATIENCE });
    await effect.waitFor({ timeout: PATIENCE });
    return true;
  });
}

/** Runs the inline action of a tree's row, until what that leads to can be seen. */
export async function inlineAction(row, label, effect) {
  await until(`${label} of ${row}`, async () => {
    if (await effect.isVisible()) return true;
    await row.hover({ timeout: PATIENCE });
    await row.locator(`.action-label[aria-label^="${label}"]`).click({ timeout: PATIENCE });
    await effect.waitFor({ timeout: PATIENCE });
    return true;
  });
}

/** The star before a run that is a baseline. */
export function star(page, run) {
  return treeRow(page, run).locator('.custom-view-tree-node-item-icon.codicon-star-full');
}

/** Makes a run the baseline by its inline action, and waits for its star. */
export async function setBaseline(page, run) {
  await inlineAction(treeRow(page, run), 'Set as Baseline', star(page, run));
}

/** Unfolds a part of the container, unless it is unfolded. */
export async function unfoldPane(page, name) {
  const header = pane(page, name).locator('.pane-header');
  await until(`${name} is unfolded`, async () => {
    if ((await header.getAttribute('aria-expanded', { timeout: PATIENCE })) === 'true') return true;
    await header.click({ timeout: PATIENCE });
    return false;
  });
}

/** Unfolds a row of the tree of runs, until the row within it is there. */
export async function unfoldRow(page, group, within) {
  const row = treeRow(page, group);
  await until(`${within} in "${group}"`, async () => {
    if ((await row.getAttribute('aria-expanded', { timeout: PATIENCE })) === 'false')
      await row.click({ timeout: PATIENCE });
    await treeRow(page, within).waitFor({ timeout: PATIENCE });
    return true;
  });
}

/**
 * Chooses from the context menu of a row, by key: a menu takes no click that follows too soon on the one that opened it. A window that has just
 * opened does not know the menus of the extension yet, a menu does not grow once it is open, and may be closed by what is still opening.
 */
export async function chooseFromMenu(page, row, name) {
  // The menu lies in a shadow tree, which Playwright's locators see through.
  const item = page.locator('.monaco-menu .action-item', { hasText: name }).first();
  const focused = page.locator('.monaco-menu .action-item.focused', { hasText: name }).first();
  await until(`"${name}" in the menu`, async () => {
    try {
      await row.click({ button: 'right', timeout: PATIENCE });
      await item.hover({ timeout: 2000 });
      await focused.waitFor({ timeout: 2000 });
    } catch (error) {
      // Where there is none, the key would take back what is selected in the tree.
      if (await page.locator('.monaco-menu').first().isVisible()) await page.keyboard.press('Escape');
      throw error;
    }
    await page.keyboard.press('Enter');
    return true;
  });
  await item.waitFor({ state: 'hidden', timeout: TIMEOUT });
}

/** Trusts the folder in VS Code's page of trust, and closes that. */
export async function trustFolder(page) {
  const trust = page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ });
  const restricted = page.locator('.part.statusbar', { hasText: 'Restricted Mode' });
  await trust.waitFor({ timeout: TIMEOUT });
  await until('the folder is trusted', async () => {
    if (!(await restricted.isVisible())) return true;
    await trust.click({ timeout: PATIENCE });
    await restricted.waitFor({ state: 'hidden', timeout: PATIENCE });
    return true;
  });
  const close = page.locator('[aria-label^="Close Modal Editor"]');
  await close.click({ timeout: TIMEOUT });
  await close.waitFor({ state: 'hidden', timeout: TIMEOUT });
}

// --- The error browser ----------------------------------------------------------------------------------------------------

/** What the error browser says of its rows, as soon as it lists so many of so many. */
export function counted(errors, listed, of) {
  return errors.locator('.count-line .count', { hasText: new RegExp(`^\\s*${listed}\\s+of\\s+${of}\\b`) });
}

/** Shows the errors of a run by a click on it. */
export async function showRun(page, run, listed, of) {
  const errors = await frameOf(page, 'Errors');
  await clickFor(treeRow(page, run), counted(errors, listed, of));
  return errors;
}

/** Makes a row current by the keyboard. */
export async function goToRow(page, position) {
  const errors = await frameOf(page, 'Errors');
  // A list that is still being made anew in that moment, after a reload, begins without a current row.
  await until(`row ${position} is current`, async () => {
    await errors.locator('#rows').focus({ timeout: PATIENCE });
    await page.keyboard.press('Home');
    for (let at = 1; at < position; at++) await page.keyboard.press('ArrowDown');
    return isCurrent(errors, position, PATIENCE);
  });
}

/** True as soon as a row is current; else, after that time, which one is. */
export async function isCurrent(errors, position, milliseconds) {
  for (const end = Date.now() + milliseconds; ; await sleep(100)) {
    const { current } = await standing(errors);
    if (current === position || Date.now() >= end) return current === position || current;
  }
}

/** Opens a row of the list in the inspector, by key, and waits until that shows it. */
export async function openRow(page, position) {
  await goToRow(page, position);
  const errors = await frameOf(page, 'Errors');
  await until('the row is read', async () => (await standing(errors)).question !== null);
  await page.keyboard.press('Enter');
  await until(`row ${position} is open`, async () => {
    const [{ question }, item] = [await standing(errors), await shownItem(page)];
    return (
      (item.place?.startsWith(`${position} of `) && item.question === question) || JSON.stringify({ question, item })
    );
  });
}
