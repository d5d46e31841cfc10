import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/core/model.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

function json(file: string): JsonObject {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as JsonObject;
}

describe('the extension manifest', () => {
  const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');

  it('takes every text from package.nls.json, which holds no other', () => {
    const used = Array.from(manifest.matchAll(/"%([^"%]+)%"/g), (match) => match[1]);
    assert.ok(used.length > 0);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(json('package.nls.json')).sort());
  });

  it('names an entry that the build makes and an icon that exists', () => {
    const { main, icon } = json('package.json') as { main: string; icon: string };
    assert.equal(main, './dist/extension.cjs');
    assert.ok(existsSync(path.join(root, main)), `${main} is missing: npm run build`);
    assert.ok(existsSync(path.join(root, icon)));
  });

  it('is activated by its views, commands, panels and links alone: who starts it wants something', () => {
    const { activationEvents } = json('package.json');
    assert.deepEqual(activationEvents, [
      'onWebviewPanel:flipside.inspector',
      'onWebviewPanel:flipside.mapping',
      'onUri',
    ]);
  });

  it('keeps the program to run out of the reach of a workspace', () => {
    const { contributes, capabilities } = json('package.json') as {
      contributes: { configuration: { properties: Record<string, { scope?: string }> } };
      capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
    };
    assert.equal(contributes.configuration.properties['flipside.nodePath']?.scope, 'machine');
    // Whatever names programs, folders or addresses.
    const { restrictedConfigurations } = capabilities.untrustedWorkspaces;
    for (const name of ['nodePath', 'imageRoots', 'imagePrefixes', 'allowImageUrls']) {
      assert.ok(restrictedConfigurations.includes(`flipside.${name}`), name);
    }
  });

  it('registers every command that it declares, and binds keys and menus to declared ones', () => {
    const { contributes } = json('package.json') as {
      contributes: {
        commands: { command: string }[];
        keybindings: { command: string }[];
        menus: Record<string, { command: string }[]>;
      };
    };
    const declared = contributes.commands.map(({ command }) => command).sort();
    const used = [...contributes.keybindings, ...Object.values(contributes.menus).flat()].map(({ command }) => command);
    assert.deepEqual(
      used.filter((command) => !declared.includes(command)),
      [],
    );
    const sources = ['src/extension.ts', 'src/views/contributions.ts'].map((file) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    const registered = sources.join('').matchAll(/(?:registerCommand\(|^\s+)'(flipside\.[a-zA-Z]+)'[:,]/gm);
    assert.deepEqual([...new Set(Array.from(registered, (match) => match[1]))].sort(), declared);
  });

  it('has no second entry in the palette for what VS Code offers of every view, and keeps the key', () => {
    const { contributes } = json('package.json') as {
      contributes: {
        keybindings: { command: string; key: string }[];
        menus: { commandPalette: { command: string; when: string }[] };
      };
    };
    const hidden = contributes.menus.commandPalette.filter(({ when }) => when === 'false');
    assert.ok(hidden.some(({ command }) => command === 'flipside.focusErrors'));
    const bound = contributes.keybindings.filter(({ command }) => command === 'flipside.focusErrors');
    assert.deepEqual(
      bound.map(({ key }) => key),
      ['ctrl+alt+f'],
    );
  });

  it('packs what the extension reads', () => {
    const packed = readFileSync(path.join(root, '.vscodeignore'), 'utf8').split(/\r?\n/);
    for (const pattern of [
      '!package.json',
      '!package.nls.json',
      '!dist/**',
      '!media/**',
      '!node_modules/sharp/**',
      '!node_modules/@img/**',
    ]) {
      assert.ok(packed.includes(pattern), pattern);
    }
  });
});
