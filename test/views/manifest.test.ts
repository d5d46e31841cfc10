import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_SCHEME } from '../../src/core/annotations/scheme.js';
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
      'onWebviewPanel:flipside.agreement',
      'onWebviewPanel:flipside.compare',
      'onWebviewPanel:flipside.dashboard',
      'onWebviewPanel:flipside.inspector',
      'onWebviewPanel:flipside.mapping',
      'onWebviewPanel:flipside.models',
      'onUri',
    ]);
  });

  it('keeps the program to run out of the reach of a workspace', () => {
    const { contributes, capabilities } = json('package.json') as {
      contributes: { configuration: { properties: Record<string, { scope?: string }> } };
      capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
    };
    for (const name of ['nodePath', 'models.processes']) {
      assert.equal(contributes.configuration.properties[`flipside.${name}`]?.scope, 'machine', name);
    }
    // Whatever names programs, folders or addresses.
    const { restrictedConfigurations } = capabilities.untrustedWorkspaces;
    const ofModels = ['models.default', 'models.folders', 'models.endpoints', 'models.processes'];
    for (const name of ['nodePath', 'imageRoots', 'imagePrefixes', 'allowImageUrls', ...ofModels]) {
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
    const sources = [
      'src/extension.ts',
      'src/views/contributions.ts',
      'src/views/models/modelCommands.ts',
      'src/views/annotations/annotationCommands.ts',
    ].map((file) => readFileSync(path.join(root, file), 'utf8'));
    const registered = sources.join('').matchAll(/(?:registerCommand\(|^\s+)'(flipside\.[a-zA-Z]+)'[:,]/gm);
    assert.deepEqual([...new Set(Array.from(registered, (match) => match[1]))].sort(), declared);
  });

  it('walks through with pictures in the theme’s colours, and leads to commands that are there', () => {
    const { contributes } = json('package.json') as {
      contributes: {
        commands: { command: string }[];
        configuration: { properties: Record<string, unknown> };
        views: Record<string, { id: string }[]>;
        walkthroughs: {
          steps: { description: string; media: { svg: string; altText: string }; completionEvents: string[] }[];
        }[];
      };
    };
    const texts = json('package.nls.json') as Record<string, string>;
    const views = Object.values(contributes.views)
      .flat()
      .map(({ id }) => id);
    const commands = [...contributes.commands.map(({ command }) => command), ...views.map((id) => `${id}.focus`)];
    const known = (name: string): boolean => !name.startsWith('flipside.') || commands.includes(name);
    const steps = contributes.walkthroughs.flatMap((each) => each.steps);
    assert.ok(steps.length >= 5);
    for (const { media, completionEvents } of steps) {
      const picture = readFileSync(path.join(root, media.svg), 'utf8');
      assert.match(picture, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="/);
      // Colours are the theme's alone, and nothing runs or is fetched.
      assert.deepEqual(picture.match(/(?:fill|stroke)="(?!none"|var\(--vscode-[\w-]+\)")[^"]*"/g), null, media.svg);
      assert.doesNotMatch(picture, /<script|<image|href|style=|on\w+=/);
      assert.ok((texts[media.altText.slice(1, -1)]?.length ?? 0) > 20, media.altText);
      for (const event of completionEvents) {
        const [kind, name = ''] = event.split(/:(.*)/s);
        if (kind === 'onCommand') assert.ok(known(name), event);
        else if (kind === 'onView') assert.ok(views.includes(name), event);
        else if (kind === 'onSettingChanged') assert.ok(name in contributes.configuration.properties, event);
        else assert.equal(kind, 'onContext', event);
      }
    }
    const links = Object.values(texts).flatMap((text) => [...text.matchAll(/\]\(command:([\w.]+)(?:\?([^)]*))?\)/g)]);
    assert.ok(links.length > 10);
    for (const [, command = '', written] of links) {
      assert.ok(known(command), command);
      if (written !== undefined) assert.ok(Array.isArray(JSON.parse(decodeURIComponent(written))), written);
    }
  });

  it('leads to settings that are there: from texts and from pages', () => {
    const { name, publisher, contributes } = json('package.json') as {
      name: string;
      publisher: string;
      contributes: { configuration: { properties: Record<string, unknown> } };
    };
    const texts = Object.values(json('package.nls.json') as Record<string, string>);
    const written = texts.flatMap((text) =>
      [...text.matchAll(/openSettings\?([^)]*)\)/g)].map(([, each = '']) => each),
    );
    const searches = written.map((each) => (JSON.parse(decodeURIComponent(each)) as string[])[0] ?? '');
    assert.ok(searches.length >= 7);
    for (const search of searches) assert.ok(search.startsWith(`@ext:${publisher}.${name}`), search);
    const page = readFileSync(path.join(root, 'src/views/settingsLinks.ts'), 'utf8');
    const ofPages = /const ABOUT[^;]*;/.exec(page)?.[0].match(/(?<=')[\w.]+(?=')/g) ?? [];
    const named = [
      ...searches.flatMap((search) => /@id:(\S+)/.exec(search)?.[1]?.split(',') ?? []),
      ...ofPages.map((each) => `flipside.${each}`),
    ];
    assert.ok(named.length >= 10);
    for (const each of named) assert.ok(each in contributes.configuration.properties, each);
  });

  it('has each setting in README, with its default, and README has no other', () => {
    const { contributes } = json('package.json') as {
      contributes: { configuration: { properties: Record<string, { default: unknown }> } };
    };
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const told = [...readme.matchAll(/^\| `(flipside\.[\w.]+)` +\| `([^`]*)` +\| [^|]{20,}\|$/gm)];
    const { properties } = contributes.configuration;
    assert.ok(told.length > 0);
    assert.deepEqual(
      told.map(([, name, value]) => [name, value]).sort(),
      Object.entries(properties)
        .map(([name, setting]) => [name, JSON.stringify(setting.default)])
        .sort(),
    );
  });

  it('leaves labels the keys that the default scheme gives them, and tells writers of schemes which are taken', () => {
    const { contributes } = json('package.json') as { contributes: { keybindings: { key: string }[] } };
    const taken = contributes.keybindings.map(({ key }) => key).filter((key) => key.length === 1);
    const labels = DEFAULT_SCHEME.labels.map(({ key }) => key ?? '');
    assert.deepEqual(
      labels.filter((key) => taken.includes(key)),
      [],
    );
    const schema = readFileSync(path.join(root, 'schemas', 'scheme.schema.json'), 'utf8');
    const told = /Keys that do something else there are (.+?)\."/.exec(schema)?.[1]?.split(' ') ?? [];
    assert.deepEqual(told.sort(), [...new Set(taken)].sort());
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const paragraph = /Those that are there without a scheme: (.+?)\. The key/s.exec(readme)?.[1] ?? '';
    assert.deepEqual(
      [...paragraph.matchAll(/`(.)`\s([^,]+)/g)].map(([, key, title]) => [key, title?.replace(/\s+/g, ' ')]),
      DEFAULT_SCHEME.labels.map(({ key, title }) => [key, title]),
    );
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

  it('has an icon and a banner for the gallery', () => {
    const { icon, galleryBanner } = json('package.json') as { icon: string; galleryBanner: object };
    const png = readFileSync(path.join(root, icon));
    // Width and height of a PNG; the gallery asks for 128 pixels at least.
    assert.ok(png.readUInt32BE(16) >= 128 && png.readUInt32BE(20) >= 128);
    assert.deepEqual(galleryBanner, { color: '#16324a', theme: 'dark' });
  });
});
