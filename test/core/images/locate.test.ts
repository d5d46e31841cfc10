import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
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
      opened: [path.join(folder, 'work')],
    };
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function put(name: string, content = 'x'): Promise<string> {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  }

  const locate = (stated: string, places = NONE, where = context) => new ImageLocator(places).locate(stated, where);
  const fileOf = async (stated: string, places = NONE, where = context): Promise<string | null> => {
    const found = await locate(stated, places, where);
    return found.kind === 'file' ? found.file : null;
  };

  it('looks in the prediction’s folder, its parents up to the root, the definition’s, and the image roots', async () => {
    const roots = { ...NONE, roots: [path.join(folder, 'pictures')] };
    for (const name of [
      'pictures/a.png',
      'work/a.png',
      'work/results/a.png',
      'work/data/a.png',
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
    await put('work/9.png');
    const stated = ['/data/remote/images/val/9.png', 'E:\\remote\\images\\val\\9.png', 's3://bucket/images/val/9.png'];
    for (const each of stated) assert.equal(await fileOf(each), null, each);
    const short = await put('work/val/9.png');
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
    const outside = [folder, path.dirname(folder)].map((each) => path.join(each, 'secret/key.png'));
    assert.deepEqual(found, { kind: 'missing', tried: [], places: 0, denied: [], noFiles: [], outside });
    assert.equal(await fileOf('../../../../../../../../secret/key.png'), null);
    const missing = await locate('images/none.png');
    assert.equal(
      missing.kind === 'missing' && missing.tried[0],
      path.join(folder, 'work/results/model/images/none.png'),
    );
    const many = await locate('/a/b/c/d/e/f/g/h/i/j/k.png');
    assert.equal(many.kind === 'missing' && many.tried.length, 12);
  });

  it('chooses none of several files that fit and differ', async () => {
    const roots = ['one', 'two'].map((name) => path.join(folder, 'pictures', name));
    const files = [await put('pictures/one/photos/5.png', 'one'), await put('pictures/two/photos/5.png', 'two')];
    for (const stated of ['photos/5.png', '/mnt/elsewhere/photos/5.png', 'C:\\data\\photos\\5.png']) {
      assert.deepEqual(await locate(stated, { ...NONE, roots }), { kind: 'ambiguous', files }, stated);
    }
    const above = [await put('work/results/b/1.png', 'one'), await put('work/b/1.png', 'two')];
    assert.deepEqual(await locate('b/1.png'), { kind: 'ambiguous', files: above });
    assert.deepEqual(await locate('/data/a/b/1.png'), { kind: 'ambiguous', files: above });
    const own = await put('work/results/model/b/1.png', 'three');
    assert.equal(await fileOf('b/1.png'), own);
    assert.deepEqual(await locate('/data/a/b/1.png'), { kind: 'ambiguous', files: [own, ...above] });
    const prefixes = [{ from: '/data/', to: path.join(folder, 'work') }];
    await put('work/a/b/1.png', 'four');
    assert.equal(await fileOf('/data/a/b/1.png', { ...NONE, prefixes }), path.join(folder, 'work/a/b/1.png'));
  });

  it('counts links and copies of one image as one', async () => {
    const roots = { ...NONE, roots: [path.join(folder, 'pictures')] };
    const near = await put('work/results/b/1.png', 'same');
    await put('work/b/1.png', 'same');
    await mkdir(path.join(folder, 'pictures/b'));
    await symlink(near, path.join(folder, 'pictures/b/1.png'));
    assert.equal(await fileOf('b/1.png', roots), near);
    await put('work/b/1.png', 'else');
    assert.equal((await locate('b/1.png', roots)).kind, 'ambiguous');
  });

  it('takes the user’s word only for the files that it was given for, where paths are relative', async () => {
    const [near, far] = [await put('work/B/1.png', 'near'), await put('far/A/1.png', 'far')];
    const at = (name: string) => ({ ...context, predictionFile: path.join(folder, name), definitionFile: null });
    const [a, b, c] = [at('work/A/p.jsonl'), at('work/B/p.jsonl'), at('work/C/p.jsonl')];
    const learned = await new ImageLocator(NONE).learn('1.png', far, a);
    assert.deepEqual(learned, { from: '', to: path.join(folder, 'far/A/'), within: path.join(folder, 'work/A') });
    const known: ImagePlaces = { roots: [], prefixes: [learned] };
    assert.equal(await fileOf('1.png', known, a), far);
    assert.equal(await fileOf('1.png', known, b), near);
    assert.equal(await fileOf('1.png', known, c), null);
    const joined = { ...c, definitionFile: path.join(folder, 'work/data/benchmark.json') };
    const ofBenchmark = await new ImageLocator(NONE).learn('1.png', far, joined);
    const other = { ...joined, predictionFile: path.join(folder, 'work/D/p.jsonl') };
    assert.ok(ofBenchmark !== null);
    assert.equal(await fileOf('1.png', { roots: [], prefixes: [ofBenchmark] }, other), far);
  });

  it('learns the whole path where the folder leads elsewhere', async () => {
    const [one, two] = [await put('far/one/b/1.png', 'one'), await put('far/two/b/1.png', 'two')];
    const prefixes = ['one/', 'two/'].map((name) => ({ from: '/data/', to: path.join(folder, 'far', name) }));
    assert.deepEqual(await locate('/data/b/1.png', { roots: [], prefixes }), { kind: 'ambiguous', files: [one, two] });
    const learned = await new ImageLocator({ roots: [], prefixes }).learn('/data/b/1.png', two, context);
    assert.deepEqual(learned, { from: '/data/b/1.png', to: two });
    assert.equal(await fileOf('/data/b/1.png', { roots: [], prefixes: [...prefixes, learned] }), two);
  });

  it('looks no further up than the one of several opened folders that a file lies in', async () => {
    await put('secret/s.png');
    await put('1.png');
    const opened = ['work/results', 'work/data'].map((name) => path.join(folder, name));
    const where = { ...context, opened, definitionFile: path.join(folder, 'work/data/deep/benchmark.json') };
    for (const stated of ['../../../secret/s.png', '../../s.png', '1.png', 'secret/s.png']) {
      assert.equal(await fileOf(stated, NONE, where), null, stated);
    }
    await put('work/9.png');
    assert.equal(await fileOf('9.png', NONE, where), null);
    const beside = await put('work/data/images/9.png');
    assert.equal(await fileOf('images/9.png', NONE, where), beside);
    assert.equal(await fileOf('../images/9.png', NONE, where), beside);
  });

  it('finds names that were composed differently, and what an address writes with percent signs', async () => {
    const composed = 'caf\u00e9/a b.png';
    const file = await put(`pictures/${composed.normalize('NFD')}`);
    const roots = [path.join(folder, 'pictures')];
    const same = { kind: 'file', file };
    assert.deepEqual(await locate(composed, { ...NONE, roots }), same);
    assert.deepEqual(await locate(`/mnt/${composed}`, { ...NONE, roots }), same);
    assert.deepEqual(await locate(`file://host/${encodeURI(composed)}`, { ...NONE, roots }), same);
    for (const stated of [`/mnt/${composed}`, `https://host/x/${encodeURI(composed)}?size=1#top`]) {
      const learned = await new ImageLocator(NONE).learn(stated, file, context);
      assert.ok(learned !== null, stated);
      assert.ok(learned.to.endsWith(`pictures${path.sep}`), learned.to);
      assert.deepEqual(await locate(stated, { roots: [], prefixes: [learned] }), same);
    }
    const prefixes = [{ from: 'https://host/x/', to: path.join(folder, 'pictures') }];
    await put('secret/key.png');
    const outside = await locate('https://host/x/%2e%2e%2fsecret%2fkey.png', { roots: [], prefixes });
    assert.equal(outside.kind, 'url');
  });

  it('counts all places, and says which may not be looked at', async function () {
    // Windows has no permission bits to take away.
    if (process.platform === 'win32') this.skip();
    const file = await put('work/closed/1.png');
    await chmod(path.dirname(file), 0);
    // Permission is denied to users only.
    const isRoot = process.geteuid?.() === 0;
    for (const name of ['.', 'work']) await chmod(path.join(folder, name), 0o755);
    if (isRoot) process.seteuid?.(65534);
    try {
      const found = await locate('closed/1.png');
      assert.deepEqual(found.kind === 'missing' && found.denied, [file]);
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(path.dirname(file), 0o755);
    }
    const many = await locate('/a/b/c/d/e/f/g/h/i/j/k.png');
    assert.equal(many.kind === 'missing' && many.places, 41);
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
    assert.equal(await fileOf('{"bytes": "broken", "path": "a.png"}'), file);
    assert.equal((await locate('{"bytes": "broken", "path": null}')).kind, 'bytes');
    assert.deepEqual(await locate('https://example.org/a.png'), { kind: 'url', url: 'https://example.org/a.png' });
    for (const stated of ['', 'data:image/png', 'a\0.png', '{"x": 1}', 'x'.repeat(5000)]) {
      assert.equal((await locate(stated)).kind, 'unusable', stated.slice(0, 20));
    }
    assert.equal((await locate('iVBORw0KGgo-is-a-name-'.repeat(4))).kind, 'missing');
  });

  it('reads base64 that was written for URLs, and tells where base64 is damaged', async () => {
    const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const png = Buffer.concat([head, Buffer.from('fbefbefbffff', 'hex'), Buffer.alloc(80)]);
    const jpeg = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(300, 0xfb)]);
    for (const bytes of [png, jpeg]) {
      const forUrls = bytes.toString('base64url');
      assert.match(forUrls, /[-_]/);
      assert.deepEqual(await locate(forUrls), { kind: 'bytes', bytes });
      const base64 = bytes.toString('base64');
      const damaged = `${base64.slice(0, 70)}%${base64.slice(71)}`;
      assert.deepEqual(await locate(damaged), {
        kind: 'unusable',
        why: `states an image as damaged base64: character 71 of ${base64.length} is none of it`,
      });
    }
    assert.equal((await locate(`/9j/${'folder/'.repeat(40)}1.jpg`)).kind, 'missing');
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
    ['https://host/coco/a%20b.png?x=1', '/mnt/a b.png', { from: 'https://host/coco/', to: '/mnt/' }],
    ['/home/a/caf\u00e9.png', '/mnt/cafe\u0301.png', { from: '/home/a/', to: '/mnt/' }],
    ['/home/a%20b.png', '/mnt/a b.png', null],
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
        const context = { predictionFile: '/nowhere/run.json', definitionFile: null, opened: ['/nowhere'] };
        assert.deepEqual(await locator.locate(stated, context), { kind: 'file', file: found }, stated);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
