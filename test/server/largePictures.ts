/**
 * `draw FOLDER` draws pictures of 20,000 × 20,000 pixels, which takes memory of its own; `show FOLDER` has thumbnails and
 * crops made of them, and prints what came of it with the peak of memory so far. Memory is a process's: hence two.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { Pictures } from '../../src/server/pictures.js';

const [mode = 'show', folder = '.'] = process.argv.slice(2);
const EDGE = 20_000;
const settings = { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e9, maxPixels: 500e6 };
const LIMIT = { limitInputPixels: false } as const;

/** Largest resident set so far in MB; where /proc does not tell, the present one. */
function peakMb(): number {
  try {
    return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1000;
  } catch {
    return process.memoryUsage().rss / 1e6;
  }
}

async function draw(): Promise<void> {
  const create = { width: EDGE, height: EDGE, channels: 3, background: '#4a7' } as const;
  await sharp({ create, ...LIMIT })
    .jpeg()
    .toFile(path.join(folder, 'plain.jpg'));
  await sharp({ create, ...LIMIT })
    .png({ compressionLevel: 1 })
    .toFile(path.join(folder, 'plain.png'));
  // Only its header is ever read: a baseline file whose frame is said to be progressive (SOF2) will do.
  const bytes = readFileSync(path.join(folder, 'plain.jpg'));
  const frame = bytes.indexOf(Buffer.from('ffc0', 'hex'));
  bytes[frame + 1] = 0xc2;
  writeFileSync(path.join(folder, 'progressive.jpg'), bytes);
}

async function show(): Promise<void> {
  const pictures = new Pictures({ cacheDir: path.join(folder, 'cache'), settings, files: [] });
  const results = [];
  for (const name of ['plain.jpg', 'plain.png', 'progressive.jpg']) {
    const request = {
      ...{
        file: path.join(folder, 'run.json'),
        opened: [folder],
        row: 1,
        definition: null,
        dataset: null,
        images: [name],
        index: 0,
      },
      ...{ ambiguous: false, candidates: [], id: null, question: null },
    };
    const thumbnail = await pictures.thumbnail(request, 96);
    const crop = await pictures.picture(request, 1600, { x: 0.5, y: 0.5, width: 0.1, height: 0.1 });
    const failed = [thumbnail, crop].find((each) => !each.ok);
    const refusal = failed?.ok === false ? failed : null;
    results.push({ name, reason: refusal?.reason ?? null, message: refusal?.message ?? null, peakMb: peakMb() });
  }
  await pictures.close();
  process.stdout.write(JSON.stringify(results));
}

await (mode === 'draw' ? draw() : show());
