import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Folders } from '../../../src/core/images/folders.js';
import { ImageLocator, type ImageContext, type ImagePlaces } from '../../../src/core/images/locate.js';
import { learnPrefix } from '../../../src/core/images/statedPath.js';

const NONE: ImagePlaces = { roots: [], prefixes: [] };

describe('locating images', () => {
  let folder: string;
  let context: ImageContext;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flipside-locate-'));
    for (const name of ['work/results/model', 'work/data/images', 'pictures/val', 'secret']) {
      await mkdir(path.join(folder, name), { recursive: true });
    }
    context = {
      predictionFile: path.join(folder, 'work/results/model/run.jsonl'),
      definitionFile: path.join(folder, 'work/data/benchmark.json'),
      root: path.join(folder, 'work'),
    };
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function put(name: string): Promise<string> {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, 'x');
    return file;
  }

  const locate = (stated: string, places = NONE, where = context) => new ImageLocator(places).locate(stated, where);
  const fileOf = async (stated: string, places = NONE, where = context): Promise<string | null> => {
    const found = await locate(stated, places, where);
    return found.kind === 'file' ? found.file : null;
  };

  it('looks in the prediction’s folder, its parents up to the root, the definition’s, the image roots, in this order', async () => {
    const roots = { ...NONE, roots: [path.join(folder, 'pictures')] };
    for (const name of [
      'pictures/a.png',
      'work/data/a.png',
      'work/a.png',
      'work/results/a.png',
      'work/results/model/a.png',
    ]) {
      const expected = await put(name);
      assert.equal(await fileOf('a.png', roots), expected);
      assert.equal(await fileOf('./a.png', roots), expected);
    }
    await put('above.png');
    assert.equal(await fileOf('above.png'), null);
  });

  it('prefers the user’s mappings, the longest first, and ends them where a component ends', async () => {
    const [one, two, other] = [
      await put('pictures/val/x.png'),
      await put('pictures/x.png'),
      await put('pictures/al/x.png'),
    ];
    const pictures = path.join(folder, 'pictures');
    const prefixes = [
      { from: '/home/me/coco', to: pictures },
      { from: '/home/me/coco/deep', to: path.join(pictures, 'val') },
      { from: '/v', to: pictures },
      { from: 'http://images.example/', to: pictures },
      { from: 'D:\\data', to: pictures },
    ];
    assert.equal(await fileOf('/home/me/coco/deep/x.png', { roots: [], prefixes }), one);
    assert.equal(await fileOf('/home/me/coco/x.png', { roots: [], prefixes }), two);
    assert.equal(await fileOf('/val/x.png', { roots: [], prefixes }), null);
    assert.equal(await fileOf('http://images.example/al/x.png', { roots: [], prefixes }), other);
    assert.equal(await fileOf('D:\\data\\val\\x.png', { roots: [], prefixes }), one);
    assert.equal(await fileOf('D:/data/val/x.png', { roots: [], prefixes }), one);
    assert.equal(await fileOf('/home/me/coco/../../secret/x.png', { roots: [], prefixes }), null);
  });

  it('finds an absolute path of this machine, and one of another by its ending, the longest first', async () => {
    const own = await put('pictures/val/own.png');
    assert.equal(await fileOf(own), own);
    assert.equal(await fileOf(`file://${own}`), own);
    const short = await put('work/9.png');
    const stated = ['/data/remote/images/val/9.png', 'E:\\remote\\images\\val\\9.png', 's3://bucket/images/val/9.png'];
    for (const each of stated) assert.equal(await fileOf(each), short, each);
    const long = await put('work/data/images/val/9.png');
    for (const each of stated) assert.equal(await fileOf(each), long, each);
  });

  it('never leaves the opened folder by "..", and says what it tried', async () => {
    await put('secret/key.png');
    const inside = await put('work/data/images/in.png');
    assert.equal(await fileOf('../../data/images/in.png'), inside);
    assert.equal(await fileOf('a/../../../data/images/in.png'), inside);
    const found = await locate('../../../secret/key.png');
    assert.deepEqual(found, { kind: 'missing', tried: [] });
    assert.equal(await fileOf('../../../../../../../../secret/key.png'), null);
    const missing = await locate('images/none.png');
    assert.equal(
      missing.kind === 'missing' && missing.tried[0],
      path.join(folder, 'work/results/model/images/none.png'),
    );
    const many = await locate('/a/b/c/d/e/f/g/h/i/j/k.png');
    assert.equal(many.kind === 'missing' && many.tried.length, 12);
  });

  it('takes regular files only', async () => {
    await mkdir(path.join(folder, 'work/results/model/folder.png'));
    await symlink('loop.png', path.join(folder, 'work/results/model/loop.png'));
    await symlink('nowhere.png', path.join(folder, 'work/results/model/dangling.png'));
    for (const name of ['folder.png', 'loop.png', 'dangling.png']) assert.equal(await fileOf(name), null);
    const real = await put('work/folder.png');
    assert.equal(await fileOf('folder.png'), real);
  });

  it('asks the disk about a missing folder once, and again after a while', async () => {
    let now = 0;
    const locator = new ImageLocator(NONE, new Folders(() => now));
    assert.equal((await locator.locate('late/1.png', context)).kind, 'missing');
    const late = await put('work/late/1.png');
    assert.equal((await locator.locate('late/1.png', context)).kind, 'missing');
    now = 11_000;
    assert.deepEqual(await locator.locate('late/1.png', context), { kind: 'file', file: late });
  });

  it('reads references that carry the image, or name it in a dictionary', async () => {
    const file = await put('work/a.png');
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(80)]);
    const base64 = png.toString('base64');
    for (const stated of [`data:image/png;base64,${base64}`, base64, JSON.stringify({ bytes: base64, path: null })]) {
      assert.deepEqual(await locate(stated), { kind: 'bytes', bytes: png });
    }
    assert.equal(await fileOf('{"bytes": null, "path": "a.png"}'), file);
    assert.equal(await fileOf(`{'bytes': None, 'path': 'a.png'}`), file);
    assert.deepEqual(await locate('https://example.org/a.png'), { kind: 'url', url: 'https://example.org/a.png' });
    for (const stated of ['', 'data:image/png', 'a\0.png', '{"x": 1}', 'x'.repeat(5000)]) {
      assert.equal((await locate(stated)).kind, 'unusable', stated.slice(0, 20));
    }
    assert.equal((await locate('iVBORw0KGgo-is-a-name-'.repeat(4))).kind, 'missing');
  });
});

describe('learning a prefix', () => {
  const cases: readonly (readonly [string, string, { from: string; to: string } | null])[] = [
    ['/home/a/data/val/1.png', '/mnt/pics/val/1.png', { from: '/home/a/data/', to: '/mnt/pics/' }],
    ['images/val/1.png', '/mnt/val/1.png', { from: 'images/', to: '/mnt/' }],
    ['val/1.png', '/mnt/val/1.png', { from: '', to: '/mnt/' }],
    ['D:\\data\\val\\1.png', '/mnt/val/1.png', { from: 'D:\\data\\', to: '/mnt/' }],
    ['https://host/coco/1.png', '/mnt/1.png', { from: 'https://host/coco/', to: '/mnt/' }],
    ['{"bytes": null, "path": "x/1.png"}', '/mnt/1.png', { from: 'x/', to: '/mnt/' }],
    ['/home/a/1.png', '/mnt/2.png', null],
    ['/mnt/1.png', '/mnt/1.png', null],
    ['', '/mnt/1.png', null],
  ];
  for (const [stated, found, expected] of cases) {
    it(`of ${stated} and ${found}`, () => {
      assert.deepEqual(learnPrefix(stated, found), expected);
    });
  }

  it('gives a mapping that finds the example', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'flipside-learn-'));
    try {
      const found = path.join(folder, 'val', '1.png');
      await mkdir(path.dirname(found));
      await writeFile(found, 'x');
      for (const stated of ['/home/a/val/1.png', 'C:\\a\\val\\1.png', 'b/val/1.png', 'val/1.png', 'gs://b/val/1.png']) {
        const learned = learnPrefix(stated, found);
        assert.ok(learned !== null);
        const locator = new ImageLocator({ roots: [], prefixes: [learned] });
        const context = { predictionFile: '/nowhere/run.json', definitionFile: null, root: '/nowhere' };
        assert.deepEqual(await locator.locate(stated, context), { kind: 'file', file: found }, stated);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
