import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import type { ImageSettings } from '../../src/protocol/analysis.js';
import type { Picture } from '../../src/protocol/rows.js';
import { FETCH_LIMITS, type FetchLimits } from '../../src/server/fetchImage.js';
import { Limiter } from '../../src/server/limiter.js';
import { Pictures, type PictureRequest } from '../../src/server/pictures.js';
import { isPublicAddress } from '../../src/server/publicAddress.js';
import { ThumbnailStore } from '../../src/server/thumbnailStore.js';

const run = promisify(execFile);
const SETTINGS: ImageSettings = { roots: [], prefixes: [], allowUrls: false, maxBytes: 200e6, maxPixels: 500e6 };

describe('pictures', () => {
  let folder: string;
  let made: Pictures[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flipside-pictures-'));
    made = [];
  });

  afterEach(async () => {
    await Promise.all(made.map((each) => each.close()));
    await rm(folder, { recursive: true, force: true });
  });

  function pictures(
    settings: Partial<ImageSettings> = {},
    files: readonly string[] = [],
    fetching?: FetchLimits,
  ): Pictures {
    const all = { ...SETTINGS, ...settings };
    const one = new Pictures({ cacheDir: path.join(folder, 'cache'), settings: all, files, ...{ fetching } });
    made.push(one);
    return one;
  }

  function request(image: string | null, more: Partial<PictureRequest> = {}): PictureRequest {
    return {
      file: path.join(folder, 'run.jsonl'),
      opened: [folder],
      row: 1,
      definition: null,
      dataset: null,
      images: image === null ? [] : [image],
      index: 0,
      ambiguous: false,
      candidates: [],
      id: null,
      question: null,
      ...more,
    };
  }

  async function put(name: string, content: Buffer | string): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return file;
  }

  /** The left half red, the right half blue. */
  function halves(width: number, height: number, channels: 3 | 4 = 3): Sharp {
    const half = { width: width / 2, height, channels: 3, background: 'red' } as const;
    const background = channels === 4 ? { r: 0, g: 0, b: 255, alpha: 0.5 } : 'blue';
    return sharp({ create: { width, height, channels, background } }).composite([
      { input: { create: half }, left: 0, top: 0 },
    ]);
  }

  function shown(picture: Picture | undefined): Extract<Picture, { ok: true }> {
    assert.ok(picture?.ok === true, JSON.stringify(picture));
    return picture;
  }

  function refused(picture: Picture, reason: string, message: RegExp): void {
    assert.ok(!picture.ok, 'expected a refusal');
    assert.equal(picture.reason, reason, picture.message);
    assert.match(picture.message, message);
    assert.doesNotMatch(picture.message, /\.\.$/);
  }

  const sizes = (picture: Picture) => {
    const { width, height, originalWidth, originalHeight } = shown(picture);
    return [width, height, originalWidth, originalHeight];
  };

  async function pixel(picture: Picture, x: number, y: number): Promise<string> {
    const { data, info } = await sharp(shown(picture).bytes).raw().toBuffer({ resolveWithObject: true });
    const at = (y * info.width + x) * info.channels;
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    return red > 200 && blue < 60 ? 'red' : blue > 200 && red < 60 ? 'blue' : `${red},${green},${blue}`;
  }

  it('are shown of every kind that browsers or datasets use', async () => {
    const image = halves(400, 300);
    await put('a.png', await image.clone().png().toBuffer());
    await put('a.jpg', await image.clone().jpeg().toBuffer());
    await put('a.webp', await image.clone().webp().toBuffer());
    await put('a.gif', await image.clone().gif().toBuffer());
    await put('a.tiff', await image.clone().tiff().toBuffer());
    await put('a.avif', await image.clone().avif({ effort: 0 }).toBuffer());
    await put('a.bmp', bitmap(await image.clone().raw().toBuffer(), 400, 300));
    const one = pictures();
    for (const kind of ['png', 'jpg', 'webp', 'gif', 'tiff', 'avif', 'bmp']) {
      const thumbnail = await one.thumbnail(request(`a.${kind}`), 96);
      assert.deepEqual(sizes(thumbnail), [96, 72, 400, 300], kind);
      assert.equal(shown(thumbnail).mime, 'image/webp');
      assert.equal(shown(thumbnail).from, path.join(folder, `a.${kind}`));
      const picture = await one.picture(request(`a.${kind}`), 1000, null);
      assert.deepEqual(sizes(picture), [400, 300, 400, 300], kind);
      assert.equal(await pixel(picture, 20, 20), 'red', kind);
      assert.equal(await pixel(picture, 380, 280), 'blue', kind);
    }
  });

  it('are upright, and crops are of the upright picture', async () => {
    // Orientation 6: to be turned a quarter clockwise, so that the left half comes to the top.
    await put('turned.jpg', await halves(400, 300).jpeg({ quality: 95 }).withMetadata({ orientation: 6 }).toBuffer());
    const one = pictures();
    const whole = await one.picture(request('turned.jpg'), 1000, null);
    assert.deepEqual(sizes(whole), [300, 400, 300, 400]);
    assert.equal(await pixel(whole, 150, 20), 'red');
    assert.equal(await pixel(whole, 150, 380), 'blue');
    assert.deepEqual(sizes(await one.thumbnail(request('turned.jpg'), 100)), [75, 100, 300, 400]);
    const lower = await one.picture(request('turned.jpg'), 100, { x: 0, y: 0.5, width: 1, height: 0.5 });
    assert.deepEqual(sizes(lower), [100, 67, 300, 400]);
    assert.equal(await pixel(lower, 50, 5), 'blue');
    for (const crop of [
      { x: -1, y: 2, width: 0, height: 0 },
      { x: 0.99999, y: NaN, width: 9, height: 9 },
    ]) {
      assert.ok((await one.picture(request('turned.jpg'), 100, crop)).ok);
    }
  });

  it('keep what is transparent or small without loss', async () => {
    await put('alpha.png', await halves(300, 300, 4).png().toBuffer());
    await put('small.png', await halves(64, 64).png().toBuffer());
    await put('wide.png', await halves(900, 700).removeAlpha().png().toBuffer());
    const one = pictures();
    const mime = async (name: string) => shown(await one.picture(request(name), 2000, null)).mime;
    assert.deepEqual(
      [await mime('alpha.png'), await mime('small.png'), await mime('wide.png')],
      ['image/png', 'image/png', 'image/jpeg'],
    );
  });

  it('are refused where the content is damaged or no image, with the reason', async () => {
    const noise = Buffer.alloc(640 * 480 * 3, 0).map((_, at) => (at * 2654435761) >>> 11);
    const jpeg = await sharp(noise, { raw: { width: 640, height: 480, channels: 3 } })
      .jpeg()
      .toBuffer();
    await put('cut.jpg', jpeg.subarray(0, jpeg.length / 3));
    await put('cut.png', (await halves(400, 300).png().toBuffer()).subarray(0, 200));
    await put('cut.bmp', bitmap(await halves(40, 30).raw().toBuffer(), 40, 30).subarray(0, 900));
    for (const length of [20, 30]) await put(`head-${length}.bmp`, bitmap(Buffer.alloc(3), 1, 1).subarray(0, length));
    const masked = Buffer.concat([bitmap(Buffer.alloc(3), 1, 1).subarray(0, 54), Buffer.alloc(4)]);
    masked.writeUInt16LE(32, 28);
    masked.writeUInt32LE(3, 30);
    await put('masked.bmp', masked);
    await put('text.png', 'no image at all');
    await put('empty.png', '');
    await put('drawing.png', '<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"></svg>');
    const one = pictures();
    refused(await one.picture(request('cut.jpg'), 100, null), 'corrupt', /cut\.jpg cannot be decoded \(.*premature/i);
    refused(await one.thumbnail(request('cut.jpg'), 96), 'corrupt', /cannot be decoded \(/);
    refused(await one.thumbnail(request('cut.png'), 96), 'corrupt', /cannot be decoded \(/);
    refused(await one.thumbnail(request('cut.bmp'), 96), 'corrupt', /ends before the picture does/);
    for (const name of ['head-20.bmp', 'head-30.bmp', 'masked.bmp']) {
      refused(await one.thumbnail(request(name), 96), 'corrupt', /\(the file ends before its header does\)/);
    }
    refused(await one.thumbnail(request('text.png'), 96), 'corrupt', /text\.png is no image/);
    refused(await one.thumbnail(request('empty.png'), 96), 'corrupt', /empty\.png is empty/);
    refused(await one.thumbnail(request('drawing.png'), 96), 'corrupt', /SVG/);
    refused(
      await one.thumbnail(request('data:image/png;base64,AAAA'), 96),
      'corrupt',
      /^What .*run\.jsonl holds as the image is no image/,
    );
    refused(await one.thumbnail(request(''), 96), 'none', /no picture for image 1 of 1/);
    const frames = request(null, { images: ['', 'gone.png', ''], index: 2 });
    refused(await one.picture(frames, 96, null), 'none', /leave this place empty.* image 3 of 3\.$/);
  });

  it('say where a path leads that is not followed', async () => {
    const picture = await pictures().picture(request('../beside/a.png'), 100, null);
    refused(picture, 'missing', /beside\/a\.png lies outside what is opened, .*image roots\. Use "Locate images…"/);
    const definition = path.join(folder, 'benchmark', 'questions.json');
    const near = await pictures().picture(request('../beside/a.png', { definition }), 100, null);
    refused(near, 'missing', /was not found in the one place where it could be\. Use/);
    await put('a.png', await halves(40, 30).png().toBuffer());
    const named = pictures({ roots: [folder] });
    const inside = { file: path.join(folder, 'runs', 'run.jsonl'), opened: [path.join(folder, 'runs')] };
    assert.deepEqual(sizes(await named.picture(request('../a.png', inside), 100, null)), [40, 30, 40, 30]);
  });

  it('are missing with the places that were tried, also where a folder, a pipe or a loop stands there', async () => {
    await mkdir(path.join(folder, 'folder.png'));
    await symlink('loop.png', path.join(folder, 'loop.png'));
    if (process.platform !== 'win32') await run('mkfifo', [path.join(folder, 'pipe.png')]);
    const one = pictures({ roots: [path.join(folder, 'images')] });
    const standing = {
      'gone.png': '',
      'folder.png': ' \\S+folder\\.png is a folder, and no image file\\.',
      'loop.png': ' \\S+loop\\.png is a link that leads back to itself, and no image file\\.',
      ...(process.platform !== 'win32' && { 'pipe.png': ' \\S+pipe\\.png is a pipe, and no image file\\.' }),
    };
    for (const [name, what] of Object.entries(standing)) {
      const picture = await one.thumbnail(request(name), 96);
      const places = 'was not found in the 2 places where it could be';
      refused(picture, 'missing', new RegExp(`${places}\\.${what} Use "Locate images…"`));
      assert.deepEqual(picture.ok ? [] : picture.tried, [path.join(folder, name), path.join(folder, 'images', name)]);
    }
    refused(await one.thumbnail(request('/dev/zero'), 96), 'missing', /\/dev\/zero is a device, and no image file/);
  });

  it('are not chosen among several that fit a path and differ, and all places count', async () => {
    for (const name of ['one', 'two']) await mkdir(path.join(folder, name));
    await put('one/a.png', await halves(40, 20).png().toBuffer());
    await put('two/a.png', await halves(60, 20).png().toBuffer());
    const roots = [path.join(folder, 'one'), path.join(folder, 'two')];
    const one = pictures({ roots });
    const picture = await one.picture(request('a.png'), 100, null);
    refused(picture, 'ambiguous', /2 files fit a\.png and differ.*Use "Locate images…".*image roots/);
    assert.deepEqual(picture.ok ? [] : picture.tried, [
      path.join(roots[0] ?? '', 'a.png'),
      path.join(folder, 'two/a.png'),
    ]);
    const learned = await one.learn(request('a.png'), path.join(folder, 'two/a.png'));
    one.configure({ ...SETTINGS, roots, prefixes: [learned] });
    assert.deepEqual(sizes(await one.picture(request('a.png'), 100, null)), [60, 20, 60, 20]);
    const far = await one.picture(request('/a/b/c/d/e/f/g.png'), 100, null);
    refused(far, 'missing', /was not found in the 19 places/);
    assert.ok(!far.ok && far.tried.length === 12 && far.places === 19);
  });

  it('are learned by examples only that the data mean, and others are told apart', async () => {
    const file = await put('other.png', 'x');
    const one = pictures();
    await assert.rejects(one.learn(request('/data/1.png'), file), /other\.png has another name than \/data\/1\.png/);
    await assert.rejects(one.learn(request(file), file), /is the very file that the data name/);
    await assert.rejects(one.learn(request(null), file), /name no image/);
    const long = `/data/${'folder/'.repeat(60)}other.png`;
    assert.equal((await one.learn(request(long), file)).to, `${folder}${path.sep}`);
  });

  it('are not chosen where the item is ambiguous, and none where the data name none', async () => {
    const one = pictures();
    const picture = await one.picture(request(null, { ambiguous: true, candidates: ['a.png', 'b.png'] }), 100, null);
    refused(picture, 'ambiguous', /not known which/);
    assert.deepEqual(picture.ok ? [] : picture.tried, ['a.png', 'b.png']);
    refused(await one.picture(request(null), 100, null), 'none', /name no image/);
    refused(await one.picture(request('a.png', { index: 1 }), 100, null), 'none', /no number 2/);
  });

  it('too large are refused by bytes and by pixels, with both numbers', async () => {
    await put('a.png', await halves(400, 300).png().toBuffer());
    await put('a.bmp', bitmap(await halves(400, 300).raw().toBuffer(), 400, 300));
    refused(
      await pictures({ maxBytes: 100 }).thumbnail(request('a.png'), 96),
      'too large',
      /a\.png has \d+ bytes, and the limit is 100 bytes/,
    );
    for (const name of ['a.png', 'a.bmp']) {
      const picture = await pictures({ maxPixels: 100_000 }).thumbnail(request(name), 96);
      refused(picture, 'too large', /400 × 300 pixels \(0\.1 megapixels\)/);
    }
  });

  it('of 20,000 pixels a side take less than 1 GB', async function () {
    this.timeout(120_000);
    const script = path.resolve('test/server/largePictures.ts');
    await run(process.execPath, ['--import=tsx', script, 'draw', folder]);
    const { stdout } = await run(process.execPath, ['--import=tsx', script, 'show', folder]);
    const found = JSON.parse(stdout) as {
      name: string;
      reason: string | null;
      message: string | null;
      peakMb: number;
    }[];
    const summary = found.map(({ name, reason }) => [name, reason]);
    assert.deepEqual(
      summary,
      [
        ['plain.jpg', null],
        ['plain.png', null],
        ['progressive.jpg', 'too large'],
      ],
      stdout,
    );
    for (const { name, peakMb } of found) assert.ok(peakMb < 1000, `${name}: ${peakMb} MB`);
    assert.match(found[2]?.message ?? '', /progressive .* GB to decode/);
  });

  it('in data URIs and bare base64 are shown', async () => {
    const png = (await halves(40, 20).png().toBuffer()).toString('base64');
    const one = pictures();
    for (const stated of [`data:image/png;base64,${png}`, png, JSON.stringify({ bytes: png, path: null })]) {
      const picture = await one.thumbnail(request(stated), 96);
      assert.deepEqual(sizes(picture), [40, 20, 40, 20]);
      assert.equal(shown(picture).from, path.join(folder, 'run.jsonl'));
    }
  });

  it('inside files of questions are shown, and what stated paths lack is looked up there', async () => {
    const base64 = (await halves(40, 20).png().toBuffer()).toString('base64');
    const table = await put(
      'BLINK.tsv',
      `index\tquestion\timage\timage_path\n0\tWhere?\t${base64}\t\n1\tWho?\t\tpics/1.png\n`,
    );
    await mkdir(path.join(folder, 'pics'));
    await put('pics/1.png', await halves(60, 30).png().toBuffer());
    const one = pictures({}, [table]);
    const inside = await one.picture(request(null, { id: '0', question: 'Where?' }), 100, null);
    assert.deepEqual(sizes(inside), [40, 20, 40, 20]);
    assert.equal(shown(inside).from, table);
    assert.ok((await one.thumbnail(request('LMUData/0.png', { id: '0', question: 'Where?' }), 96)).ok);
    assert.deepEqual(sizes(await one.thumbnail(request(null, { id: '1' }), 96)), [60, 30, 60, 30]);
    refused(await one.thumbnail(request('LMUData/0.png', { id: '0', question: 'Whence?' }), 96), 'missing', /LMUData/);
    refused(await one.thumbnail(request(null, { id: '7' }), 96), 'none', /name no image/);
  });

  it('that a reference is are told by the file that states it: the predictions, or the benchmark', async () => {
    const png = (await halves(40, 20).png().toBuffer()).subarray(0, 70).toString('base64');
    const definition = await put('BENCH.tsv', `index\tquestion\timage\n1\tWhere?\t${png}\n`);
    const lines = [{ id: 1 }, { id: 2, image: png }].map((record) => JSON.stringify({ ...record, prediction: 'A' }));
    await put('run.jsonl', lines.join('\n'));
    for (const [row, file] of [
      [1, 'BENCH\\.tsv'],
      [2, 'run\\.jsonl'],
    ] as const) {
      const picture = await pictures().thumbnail(request(png, { definition, row }), 96);
      refused(picture, 'corrupt', new RegExp(`^What \\S*${file} holds as the image cannot be decoded`));
    }
  });

  it('that are damaged inside files of questions are told by the file that holds them', async () => {
    const base64 = (await halves(40, 20).png().toBuffer()).toString('base64');
    const table = await put(
      'BLINK.tsv',
      `index\tquestion\timage\n0\tWhere?\t${base64}\n1\tWho?\t${base64.slice(0, 80)}#${base64.slice(81)}\n`,
    );
    const picture = await pictures({}, [table]).thumbnail(request(null, { id: '1', question: 'Who?' }), 96);
    refused(picture, 'corrupt', /^What .*BLINK\.tsv holds as the image is damaged base64: character 81 of \d+ is/);
    assert.deepEqual(picture.ok ? [] : [picture.file, picture.tried], [null, [table]]);
  });

  it('are kept in memory and on disk, and made anew when the file changes', async () => {
    const file = await put('a.png', await halves(400, 300).png().toBuffer());
    const first = pictures();
    const thumbnail = shown(await first.thumbnail(request('a.png'), 96));
    assert.deepEqual(await first.thumbnail(request('a.png'), 96), thumbnail);
    // A Buffer would turn itself into JSON on its way into a webview.
    assert.equal(Buffer.isBuffer(thumbnail.bytes), false);
    await first.close();
    const kept = (await readdir(path.join(folder, 'cache', 'thumbnails'), { recursive: true })).filter((name) =>
      name.includes('.'),
    );
    assert.equal(kept.length, 1);
    assert.match(kept[0] ?? '', /^[0-9a-f]{2}[\\/][0-9a-f]{64}\.webp$/);
    const second = pictures();
    assert.deepEqual(await second.thumbnail(request('a.png'), 96), thumbnail);
    await writeFile(file, await halves(200, 300).png().toBuffer());
    await utimes(file, new Date(), new Date(Date.now() + 5000));
    assert.deepEqual(sizes(await second.thumbnail(request('a.png'), 96)), [64, 96, 200, 300]);
  });

  it('that nobody waits for any more are not made', async () => {
    await put('a.png', await halves(400, 300).png().toBuffer());
    const one = pictures();
    await assert.rejects(one.thumbnail(request('a.png'), 96, AbortSignal.abort()), { name: 'AbortError' });
    const controller = new AbortController();
    const all = one.thumbnails(
      Array.from({ length: 50 }, () => request('a.png')),
      90,
      controller.signal,
    );
    controller.abort();
    await assert.rejects(all, { name: 'AbortError' });
    assert.ok((await one.thumbnail(request('a.png'), 90)).ok);
  });

  describe('behind URLs', () => {
    /** Only this address of all private ones, which the server under test has. */
    const HERE: FetchLimits = {
      ...FETCH_LIMITS,
      allows: (address) => address === '127.0.0.1' || isPublicAddress(address),
    };
    let server: Server;
    let base: string;
    let asked: string[];

    beforeEach(async () => {
      const png = await halves(40, 20).png().toBuffer();
      asked = [];
      server = createServer((incoming, answer) => {
        asked.push(incoming.url ?? '');
        if (incoming.url?.startsWith('/hang') === true) return;
        const to: Record<string, string> = {
          '/again': '/a.png',
          '/file': `file://${folder}/a.png`,
          '/round': '/round',
          '/metadata': 'http://169.254.169.254/latest/meta-data',
          '/mapped': 'http://[::ffff:10.0.0.1]/a.png',
          '/named': `http://localhost:${port()}/a.png`,
        };
        const location = to[incoming.url ?? ''];
        if (location !== undefined) answer.writeHead(302, { location }).end();
        else if (incoming.url === '/a.png') answer.writeHead(200).end(png);
        else if (incoming.url === '/long') answer.writeHead(200).end(Buffer.alloc(300_000));
        else if (incoming.url === '/page') answer.writeHead(200).end('<html></html>');
        else answer.writeHead(404).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      base = `http://127.0.0.1:${port()}`;
    });

    afterEach(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });

    const port = () => (server.address() as AddressInfo).port;

    it('are refused unless they are allowed', async () => {
      const one = pictures({}, [], HERE);
      refused(await one.thumbnail(request(`${base}/a.png`), 96), 'remote', /Allow images from URLs/);
      one.configure({ ...SETTINGS, allowUrls: true });
      const picture = await one.thumbnail(request(`${base}/again`), 96);
      assert.deepEqual(sizes(picture), [40, 20, 40, 20]);
      assert.equal(shown(picture).from, `${base}/again`);
    });

    it('are fetched within limits, and from nowhere else', async () => {
      await put('a.png', await halves(400, 300).png().toBuffer());
      const one = pictures({ allowUrls: true, maxBytes: 100_000 }, [], HERE);
      refused(await one.thumbnail(request(`${base}/file`), 96), 'missing', /only http and https/);
      refused(await one.thumbnail(request(`${base}/round`), 96), 'missing', /redirected too often/);
      refused(await one.thumbnail(request(`${base}/gone`), 96), 'missing', /answers 404/);
      refused(await one.thumbnail(request(`${base}/long`), 96), 'too large', /more than 0\.1 MB/);
      refused(await one.thumbnail(request(`${base}/page`), 96), 'corrupt', /no image/);
      refused(await one.thumbnail(request('http://127.0.0.1:1/x.png'), 96), 'missing', /cannot be fetched/);
    });

    it('are never fetched from this machine or a private network, by address, name or redirect', async () => {
      const plain = pictures({ allowUrls: true });
      for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '[::ffff:127.0.0.1]']) {
        const picture = await plain.thumbnail(request(`http://${host}:${port()}/a.png`), 96);
        refused(picture, 'missing', /is not fetched: it leads to .*private network/);
      }
      assert.deepEqual(asked, []);
      const one = pictures({ allowUrls: true }, [], { ...HERE, allows: (address) => address === '127.0.0.1' });
      for (const name of ['metadata', 'mapped']) {
        refused(await one.thumbnail(request(`${base}/${name}`), 96), 'missing', /leads to .*private network/);
      }
      const strict = pictures({ allowUrls: true }, [], { ...HERE, allows: atFirst() });
      refused(await strict.thumbnail(request(`${base}/named`), 96), 'missing', /leads to localhost.*private network/);
      assert.deepEqual(asked, ['/metadata', '/mapped', '/named']);
    });

    it('are asked for alone, so that no other waits with them', async () => {
      await put('local.png', await halves(400, 300).png().toBuffer());
      const one = pictures({ allowUrls: true }, [], { ...HERE, answerMs: 60_000 });
      const mixed = [request('local.png'), request(`${base}/hang/1.png`), request(`${base}/a.png`)];
      const told = (all: readonly (Picture | null)[]) => all.map((picture) => picture?.ok ?? null);
      assert.deepEqual(told(await one.thumbnails(mixed, 96)), [true, null, null]);
      assert.deepEqual(asked, [], 'nothing is fetched for several');
      const hanging = new AbortController();
      const alone = one.thumbnails(mixed.slice(1, 2), 96, hanging.signal);
      assert.deepEqual(told(await one.thumbnails(mixed.slice(2), 96)), [true]);
      assert.deepEqual(
        told(await one.thumbnails(mixed, 96)),
        [true, null, true],
        'what is here already comes with the others',
      );
      hanging.abort();
      await assert.rejects(alone, { name: 'AbortError' });
    });

    it('wait for one server that hangs only by two at a time, and not again soon', async () => {
      const one = pictures({ allowUrls: true }, [], { ...HERE, answerMs: 300 });
      const warnings: string[] = [];
      const warn = ({ name }: Error): void => void warnings.push(name);
      process.on('warning', warn);
      const hanging = Array.from({ length: 24 }, (_, index) =>
        one.thumbnail(request(`${base}/hang/${index}.png`), 96, new AbortController().signal),
      );
      for (const picture of await Promise.all(hanging)) refused(picture, 'missing', /gave no answer/);
      process.off('warning', warn);
      assert.deepEqual(asked, ['/hang/0.png', '/hang/1.png']);
      assert.deepEqual(warnings, []);
      refused(await one.thumbnail(request(`${base}/a.png`), 96), 'missing', /gave no answer/);
      one.configure({ ...SETTINGS, allowUrls: true });
      assert.ok((await one.thumbnail(request(`${base}/a.png`), 96)).ok);
      refused(await one.thumbnail(request(`${base}/gone`), 96), 'missing', /answers 404/);
      refused(await one.thumbnail(request(`${base}/gone`), 96), 'missing', /answers 404/);
      assert.equal(asked.filter((each) => each === '/gone').length, 1);
    });
  });

  it('are decoded by the WebAssembly build where the native one must not be loaded', async function () {
    this.timeout(60_000);
    await put('a.jpg', await halves(400, 300).jpeg().withMetadata({ orientation: 6 }).toBuffer());
    const { stdout } = await run(process.execPath, [
      '--import=tsx',
      path.resolve('test/server/wasmPictures.ts'),
      path.join(folder, 'a.jpg'),
    ]);
    assert.deepEqual(JSON.parse(stdout), { sizes: [72, 96, 300, 400], native: [] });
  });
});

describe('the limiter', () => {
  it('runs so many at a time, in order, and goes on after failures and cancellations', async () => {
    const limiter = new Limiter(2);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const controller = new AbortController();
    const tasks = Array.from({ length: 10 }, (_, index) =>
      limiter.run(
        async () => {
          most = Math.max(most, ++running);
          order.push(index);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running -= 1;
          if (index === 1) throw new Error('one');
        },
        index === 5 ? controller.signal : undefined,
      ),
    );
    controller.abort();
    const results = await Promise.allSettled(tasks);
    assert.deepEqual(
      results.flatMap((each, index) => (each.status === 'rejected' ? [index] : [])),
      [1, 5],
    );
    assert.deepEqual(order, [0, 1, 2, 3, 4, 6, 7, 8, 9]);
    assert.equal(most, 2);
  });
});

describe('kept thumbnails', () => {
  it('are bounded in memory and on disk, the oldest going first', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'flipside-kept-'));
    try {
      const store = new ThumbnailStore(folder, { memory: 2500, disk: 5000 });
      const names = Array.from({ length: 10 }, (_, index) => ThumbnailStore.key(['x', index]));
      for (const name of names) {
        const sizes = { width: 1, height: 2, originalWidth: 3, originalHeight: 4 };
        store.put(name, { bytes: Buffer.alloc(1000, 1), mime: 'image/webp', ...sizes });
        await store.flush();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const other = new ThumbnailStore(folder);
      const there = await Promise.all(names.map(async (name) => (await other.get(name)) !== null));
      assert.equal(there[0], false);
      assert.equal(there[9], true);
      assert.ok(there.filter(Boolean).length * 1016 <= 5000);
      assert.equal((await other.get(names[9] ?? ''))?.originalHeight, 4);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('public addresses', () => {
  for (const [address, expected] of [
    ['8.8.8.8', true],
    ['172.32.0.1', true],
    ['2606:4700::1', true],
    ['::ffff:8.8.8.8', true],
    ['10.1.2.3', false],
    ['172.31.255.255', false],
    ['192.168.0.1', false],
    ['169.254.169.254', false],
    ['100.100.100.200', false],
    ['0.0.0.0', false],
    ['::', false],
    ['::1', false],
    ['fd00:ec2::254', false],
    ['fe80::1', false],
    ['::ffff:7f00:1', false],
    ['64:ff9b::7f00:1', false],
    ['no address', false],
  ] as const) {
    it(`${address}: ${expected}`, () => assert.equal(isPublicAddress(address), expected));
  }
});

/** Allows the first address that it is asked about, and no other. */
function atFirst(): (address: string) => boolean {
  let asked = 0;
  return () => asked++ === 0;
}

/** A 24-bit bitmap of RGB rows. */
function bitmap(rgb: Buffer, width: number, height: number): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + stride * height);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = 54 + (height - 1 - y) * stride + x * 3;
      bytes[to] = rgb[from + 2] ?? 0;
      bytes[to + 1] = rgb[from + 1] ?? 0;
      bytes[to + 2] = rgb[from] ?? 0;
    }
  }
  return bytes;
}
