/** The page of models: what is found, tried, used by default and given a key, in a real window. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { childrenOf } from './processes.mjs';
import { trustFolder } from './rows.mjs';
import {
  expectSettings,
  frameOf,
  keptState,
  runFromPalette,
  shoot,
  TIMEOUT,
  typeAnswer,
  until,
  untilText,
} from './workbench.mjs';

const KEY = 'a-word-that-nobody-shows';
const AUGMENTED = 'Flipside scenes, augmented';

/** A server that lists its one model to whoever has the key, on loopback; close it when done. */
export async function startModelServer() {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    const isKnown = request.headers.authorization === `Bearer ${KEY}`;
    const body = isKnown ? { data: [{ id: 'toy-vl' }] } : { error: { message: 'Who are you?' } };
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, asked: () => requests, close: () => server.close() };
}

/** Has the workspace name a server. */
export function stateEndpoint(workspace, url) {
  mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
  const settings = { 'flipside.models.endpoints': [{ name: 'toys', url }] };
  writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
}

const models = (page) => frameOf(page, 'Models');
const inferences = ({ group }) => childrenOf(group, 'dist/inference.cjs');
const card = (frame, name) => frame.locator('article', { has: frame.locator('h3', { hasText: name }) }).first();

/** For `drive`, with `workspace`, the `settings` file of the user, and the `group` of the server's processes. */
export const MODEL_CHECKS = [
  [
    'the command shows the models that come with the extension, and loads none',
    async (page, { pictures }) => {
      await runFromPalette(page, 'Flipside: Show Models');
      const frame = await models(page);
      await untilText('the first', card(frame, AUGMENTED), /bundled:augmented/);
      await untilText('the second', card(frame, 'Flipside scenes, baseline'), /bundled:baseline/);
      await untilText('what is loaded', frame.locator('.doing'), /Nothing is loaded/);
      await shoot(page, pictures, 'models-open');
    },
  ],
  [
    'trying one says what it runs on and what it can do, here and in the status bar',
    async (page, { pictures }) => {
      const frame = await models(page);
      await frame.getByRole('button', { name: `Try: ${AUGMENTED}` }).click({ timeout: TIMEOUT });
      const text = await untilText('the details', card(frame, AUGMENTED), /Runs on\s+CPU/);
      assert.match(text, /Gives[^]*probabilities over the options[^]*gradients by the pixels/);
      assert.match(text, /Does not give[^]*answers in words/);
      assert.match(text, /brought to \d+ × \d+ pixels/);
      assert.match(text, /SHA-256 [0-9a-f]{12}…/);
      await untilText('what is loaded', frame.locator('.doing'), /Loaded: Flipside scenes, augmented on CPU/);
      const status = page.locator('.part.statusbar', { hasText: 'Flipside scenes, augmented on CPU' });
      await status.waitFor({ timeout: TIMEOUT });
      await shoot(page, pictures, 'models-tried');
    },
  ],
  [
    'the status bar leads to the page, and to no second one',
    async (page) => {
      await page.locator('.part.statusbar a', { hasText: 'Flipside scenes, augmented on CPU' }).click();
      await models(page);
      assert.equal(await page.locator('.tab', { hasText: 'Models' }).count(), 1);
    },
  ],
  [
    'a model is used by default, in the user’s settings, until that is taken back',
    async (page, { settings }) => {
      const frame = await models(page);
      const stated = () => JSON.parse(readFileSync(settings, 'utf8'))['flipside.models.default'];
      await frame.getByRole('button', { name: `Use by default: ${AUGMENTED}` }).click({ timeout: TIMEOUT });
      await untilText('the tags', card(frame, AUGMENTED), /default/);
      await until('the setting', async () => stated() === 'bundled:augmented');
      await frame.getByRole('button', { name: `Stop using by default: ${AUGMENTED}` }).click({ timeout: TIMEOUT });
      await until('no setting', async () => stated() === undefined);
    },
  ],
  [
    'a server that asks for a key says so; once it is kept, its models are listed, and the page does not have the key',
    async (page, { pictures }) => {
      const frame = await models(page);
      await untilText('the server', frame.locator('.servers'), /toys http:\/\/127\.0\.0\.1:\d+\/v1\s+No key is kept/);
      await untilText('what is missing', card(frame, 'toys'), /Cannot be loaded\./);
      await frame.getByRole('button', { name: 'Set API key of toys' }).click({ timeout: TIMEOUT });
      await typeAnswer(page, KEY);
      await untilText('the key', frame.locator('.servers'), /A key is kept/);
      await untilText('its model', card(frame, 'toy-vl'), /openai:toys\/toy-vl/);
      assert.ok(!(await frame.content()).includes(KEY));
      await shoot(page, pictures, 'models-server');
    },
  ],
  [
    'kinds without a model lead to the settings of models',
    async (page) => {
      const frame = await models(page);
      await frame.getByRole('button', { name: 'Open settings: Programs' }).click({ timeout: TIMEOUT });
      // Those further down are drawn when they are scrolled to.
      await expectSettings(page, /^Default, Device, Endpoints/);
    },
  ],
  [
    'when the process dies the page says so, and its button starts it again',
    async (page, place) => {
      await runFromPalette(page, 'Flipside: Show Models');
      const frame = await models(page);
      const [id] = inferences(place);
      assert.ok(id !== undefined);
      process.kill(id, 'SIGKILL');
      await untilText('the notice', frame.locator('.notice'), /The model process ended \(SIGKILL/);
      await untilText('what is loaded', frame.locator('.doing'), /Nothing is loaded/);
      await shoot(page, place.pictures, 'models-ended');
      await frame.locator('.notice button', { hasText: 'Try again' }).click({ timeout: TIMEOUT });
      await frame.locator('.notice').waitFor({ state: 'detached', timeout: TIMEOUT });
      await untilText('the models', card(frame, AUGMENTED), /bundled:augmented/);
      await until('another process', async () => {
        const ids = inferences(place);
        return (ids.length === 1 && ids[0] !== id) || `${ids.join(', ')} after ${id}`;
      });
    },
  ],
  [
    'the page comes back after the window is loaded again',
    async (page) => {
      await untilText('the kept panel', () => keptState(page), /flipside\.models/);
      await page.reload();
      await page.locator('.tab', { hasText: 'Models' }).first().click({ timeout: TIMEOUT });
      const frame = await models(page);
      await untilText('the first', card(frame, AUGMENTED), /bundled:augmented/);
    },
  ],
];

/** For `drive`: a window on a folder that is not trusted and names a server. */
export const RESTRICTED_MODEL_CHECKS = [
  [
    'in restricted mode the page shows what comes with the extension, asks no server that the folder names, and says so',
    async (page, { pictures, asked }) => {
      await runFromPalette(page, 'Flipside: Show Models');
      const frame = await models(page);
      await untilText('the notice', frame.locator('.notice'), /This workspace is not trusted/);
      await untilText('the first', card(frame, AUGMENTED), /bundled:augmented/);
      assert.equal(await frame.locator('.servers li').count(), 0);
      assert.equal(asked(), 0);
      await shoot(page, pictures, 'models-restricted');
    },
  ],
  [
    'once the folder is trusted the server is asked, without a reload',
    async (page) => {
      const frame = await models(page);
      await frame.locator('.notice button', { hasText: 'Manage trust' }).click({ timeout: TIMEOUT });
      await trustFolder(page);
      await runFromPalette(page, 'Flipside: Show Models');
      const again = await models(page);
      await untilText('the server', again.locator('.servers'), /toys/);
      await untilText('what is missing', card(again, 'toys'), /Cannot be loaded\./);
    },
  ],
];
