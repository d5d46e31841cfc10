/** What is left of annotations when processes die while keys are being pressed. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import process from 'node:process';
import {
  annotationFile,
  ERRORS_OF_RUN,
  errorsOf,
  eventsIn,
  heedSaved,
  labelAt,
  labelsIn,
  listen,
  listRun,
  progress,
  saved,
  TITLES,
  untilCurrent,
  untilLabel,
} from './annotated.mjs';
import { goToRow } from './rows.mjs';
import { childrenOf } from './processes.mjs';
import { frameOf, standing, until, untilText } from './workbench.mjs';

const NAME = 'ada';
/** So many labels are called saved before everything dies. */
const BEFORE = 8;
const HALF = '{"v":1,"id":"half-written","at":"2026-';

/** Labels rows from `first` on, and in the middle of it calls `kill`: while a label that was just given is on its way. */
async function labelUntilKilled(page, said, first, kill) {
  const errors = await frameOf(page, 'Errors');
  await listen(errors);
  const enough = said.length + BEFORE;
  let killed = false;
  for (let position = first; !killed; position++) {
    const pressed = page.keyboard.press(labelAt(position)[0]);
    if (said.length >= enough) {
      kill();
      killed = true;
    }
    await pressed;
    if (!killed) await untilCurrent(errors, position + 1);
  }
}

/** Everything that the page called saved is in the file, and the labels of the file are on their rows. */
async function nothingLost(page, { workspace, said }) {
  const file = annotationFile(workspace, NAME);
  const events = eventsIn(file);
  const missing = said.filter(
    ({ item, title }) => !events.some((event) => event.item.item === item && event.set.label === TITLES.get(title)),
  );
  assert.deepEqual(missing, []);
  assert.deepEqual(
    said.filter(({ inFile }) => !inFile),
    [],
  );
  const errors = await listRun(page);
  const labels = labelsIn(file);
  await untilText('the progress', progress(errors), `${labels.size} of ${ERRORS_OF_RUN} labelled`);
  for (const [at, { item }] of errorsOf(workspace).entries()) {
    if (!labels.has(item)) continue;
    await goToRow(page, at + 1);
    await untilLabel(errors, at + 1, labelAt(at + 1)[2]);
  }
  return labels.size;
}

/** For `drive`, with the `workspace`, the server's `group`, and `restart`, which starts it again and gives the window's address. */
export const KILLED_ANNOTATING_CHECKS = [
  [
    'extension host and analysis are killed while keys are pressed: nothing that was called saved is missing',
    async (page, place) => {
      place.said = await heedSaved(page, annotationFile(place.workspace, NAME), TITLES);
      await listRun(page);
      await labelUntilKilled(page, place.said, 1, () => {
        const hosts = childrenOf(place.group, '--type=extensionHost');
        const analyses = childrenOf(place.group, 'dist/server.cjs');
        assert.ok(hosts.length > 0 && analyses.length === 1, `${hosts.length} hosts, ${analyses.length} analyses`);
        for (const pid of [...analyses, ...hosts]) process.kill(pid, 'SIGKILL');
      });
      assert.ok(place.said.length >= BEFORE);
      await page.reload();
      place.labelled = await nothingLost(page, place);
      assert.ok(place.labelled >= BEFORE);
    },
  ],
  [
    'the whole server is killed with its children while keys are pressed: nothing that was called saved is missing',
    async (page, place) => {
      await goToRow(page, place.labelled + 1);
      await labelUntilKilled(page, place.said, place.labelled + 1, () => process.kill(-place.group, 'SIGKILL'));
      const before = place.labelled;
      await page.goto(await place.restart());
      place.labelled = await nothingLost(page, place);
      assert.ok(place.labelled >= before + BEFORE);
    },
  ],
  [
    'a last line that was half written harms no other, and is told by its number',
    async (page, place) => {
      const file = annotationFile(place.workspace, NAME);
      appendFileSync(file, HALF);
      const before = readFileSync(file, 'utf8');
      await page.reload();
      assert.equal(await nothingLost(page, place), place.labelled);
      const errors = await frameOf(page, 'Errors');
      await goToRow(page, place.labelled + 1);
      await page.keyboard.press(labelAt(place.labelled + 1)[0]);
      await untilCurrent(errors, place.labelled + 2);
      await untilText('what is said', saved(errors), /saved/);
      const after = readFileSync(file, 'utf8');
      assert.equal(after.slice(0, before.length + 1), `${before}\n`);
      assert.equal(after.slice(before.length + 1).split('\n').length, 2);
      assert.equal(labelsIn(file).size, place.labelled + 1);
      const line = before.split('\n').length;
      await until('the line', async () => {
        const text = await errors.locator('.labels .notice').first().innerText({ timeout: 1000 });
        return text.includes(`${NAME}.jsonl, line ${line}: no JSON`) || text;
      });
      assert.equal((await standing(errors)).current, place.labelled + 2);
    },
  ],
];
