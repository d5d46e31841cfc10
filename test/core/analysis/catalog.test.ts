import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { Catalog } from '../../../src/core/analysis/catalog.js';
import { withWorkspace } from '../../support/cli.js';

/** Files that hold no items, and what is said of each. */
const NO_ITEMS: readonly (readonly [name: string, bytes: string | Uint8Array, reason: RegExp])[] = [
  ['empty.json', '', /^the file is empty$/],
  ['a.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4), /^a picture \(PNG\)$/],
  ['b.csv', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /^a picture \(JPEG\)$/],
  ['c.gif', 'GIF89a', /^a picture \(GIF\)$/],
  ['d.tif', Uint8Array.of(0x4d, 0x4d, 0x00, 0x2a), /^a picture \(TIFF\)$/],
  ['e.webp', 'RIFF\u0001\u0002\u0003\u0004WEBPVP8 ', /^a picture \(WebP\)$/],
  ['notes.txt', 'Some notes about a run.\nNothing else.\n', /^text without records/],
  ['weights.bin', Uint8Array.from({ length: 64 }, (_, at) => (at * 37) % 256), /^a binary file of no known format$/],
  ['other.zip', Uint8Array.from([0x50, 0x4b, 0x05, 0x06, ...Array<number>(18).fill(0)]), /zip|archive/],
  ['table.csv', 'x,y\n1,2\n3,4\n', /\S/],
];

describe('analysis: what a file is', () => {
  for (const [name, bytes, reason] of NO_ITEMS) {
    it(`${name} holds no items, and the reason is told`, () =>
      withWorkspace(async (workspace) => {
        const catalog = await Catalog.open(workspace.cache, workspace.folder, []);
        const entry = await catalog.lookUp(workspace.write(name, bytes));
        assert.equal(entry.format, null);
        assert.match(entry.reason, reason);
        assert.equal(catalog.formatOf(entry), null);
      }));
  }

  it('a file that vanished is unreadable, with its name and what to check', () =>
    withWorkspace(async (workspace) => {
      const catalog = await Catalog.open(workspace.cache, workspace.folder, []);
      const file = workspace.write('run.jsonl', '{"question": "Where?", "answer": "left", "prediction": "left"}\n');
      assert.notEqual((await catalog.lookUp(file)).format, null);
      rmSync(file);
      const entry = await catalog.lookUp(file);
      assert.equal(entry.format, null);
      assert.match(entry.reason, /cannot be read \(ENOENT\).*run\.jsonl/);
      const folder = await catalog.lookUp(workspace.folder);
      assert.match(folder.reason, /cannot be read \(EISDIR\)/);
    }));

  it('is remembered between openings, until size, times or inode change', () =>
    withWorkspace(async (workspace) => {
      const file = workspace.write('run.jsonl', '{"question": "Where?", "answer": "left", "prediction": "left"}\n');
      const open = (): Promise<Catalog> => Catalog.open(workspace.cache, workspace.folder, []);
      const first = await open();
      const entry = await first.lookUp(file);
      await first.save();
      const second = await open();
      assert.deepEqual(await second.lookUp(file), entry);
      workspace.write('run.jsonl', '{"question": "Where is it?", "answer": "left", "prediction": "left"}\n');
      const changed = await second.lookUp(file);
      assert.notEqual(changed.sha256, entry.sha256);
    }));
});
