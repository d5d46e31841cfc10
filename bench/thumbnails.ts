/**
 * `node --import tsx bench/thumbnails.ts`: thumbnails of photographs per second, against sharp alone doing the same to the
 * same files. Prints JSON. Each side runs in a process of its own, in turns; the best of its rounds counts.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Picture } from '../src/protocol/rows.js';
import { Pictures } from '../src/server/pictures.js';
import { seeded } from '../samples/random.js';

const PHOTOS = 200;
const ROUNDS = 3;
const SIZE = 96;
const WIDTH = 1280;
const HEIGHT = 960;

export interface ThumbnailRates {
  /** Thumbnails per second. */
  readonly bare: number;
  readonly ours: number;
  readonly ratio: number;
  /** The same of the processor time that each side takes, which others on the machine disturb less. */
  readonly ratioOfWork: number;
}

interface Side {
  readonly rate: number;
  /** Milliseconds of processor time per thumbnail. */
  readonly work: number;
}

/** How fast `PHOTOS` thumbnails are made, and how much work that is. */
async function timed(make: () => Promise<unknown>): Promise<Side> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await make();
  const { user, system } = process.cpuUsage(before);
  return { rate: PHOTOS / ((performance.now() - start) / 1000), work: (user + system) / 1000 / PHOTOS };
}

const photo = (folder: string, index: number): string => path.join(folder, `${index}.jpg`);

/** Soft noise: about as many bytes as a photograph has. Every other one has the EXIF header of a camera, which takes a second look. */
async function drawPhotos(folder: string): Promise<void> {
  const random = seeded(7);
  for (let index = 0; index < PHOTOS; index++) {
    const coarse = Buffer.from(Array.from({ length: 160 * 120 * 3 }, () => random.below(256)));
    const drawn = sharp(coarse, { raw: { width: 160, height: 120, channels: 3 } })
      .resize(WIDTH, HEIGHT, { kernel: 'cubic' })
      .jpeg({ quality: 90 });
    await (index % 2 === 0 ? drawn : drawn.withExif({ IFD0: { Model: 'Camera' } })).toFile(photo(folder, index));
  }
}

/** As many at a time as there are cores, which is what bare sharp does best with. */
async function bare(folder: string): Promise<Side> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < PHOTOS) {
      await sharp(photo(folder, next++)).resize(SIZE).webp().toBuffer();
    }
  };
  await sharp(photo(folder, 0)).resize(SIZE).webp().toBuffer();
  return timed(() => Promise.all(Array.from({ length: os.availableParallelism() }, worker)));
}

/** With everything that belongs to it: finding the file, caches in memory and on disk. */
async function ours(folder: string): Promise<Side> {
  const settings = { roots: [], prefixes: [], allowUrls: false, maxBytes: 200e6, maxPixels: 500e6 };
  const pictures = new Pictures({ cacheDir: mkdtempSync(path.join(folder, 'cache-')), settings, files: [] });
  const request = (index: number) => ({
    ...{
      file: path.join(folder, 'run.jsonl'),
      opened: [folder],
      row: 1,
      definition: null,
      dataset: null,
      id: null,
      question: null,
    },
    ...{ images: [`${index}.jpg`], index: 0, ambiguous: false, candidates: [] },
  });
  await pictures.thumbnail(request(0), SIZE + 1);
  const requests = Array.from({ length: PHOTOS }, (_, index) => request(index));
  const made: (Picture | null)[] = [];
  const side = await timed(async () => made.push(...(await pictures.thumbnails(requests, SIZE))));
  await pictures.close();
  if (!made.every((each) => each?.ok === true)) throw new Error('A thumbnail could not be made.');
  return side;
}

async function apart(side: 'bare' | 'ours', folder: string): Promise<Side> {
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), side, folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Side;
}

/** Draws photographs in a folder of its own below `folder` and measures both sides. */
export async function thumbnails(folder: string): Promise<ThumbnailRates> {
  const photos = path.join(folder, 'photos');
  mkdirSync(photos);
  await drawPhotos(photos);
  const rounds: Record<'bare' | 'ours', Side[]> = { bare: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of ['bare', 'ours'] as const) rounds[side].push(await apart(side, photos));
  }
  const rate = (side: 'bare' | 'ours'): number => Math.max(...rounds[side].map((each) => each.rate));
  const work = (side: 'bare' | 'ours'): number => Math.min(...rounds[side].map((each) => each.work));
  return {
    bare: Math.round(rate('bare')),
    ours: Math.round(rate('ours')),
    ratio: Number((rate('ours') / rate('bare')).toFixed(2)),
    ratioOfWork: Number((work('bare') / work('ours')).toFixed(2)),
  };
}

async function main(): Promise<void> {
  const [side, given] = process.argv.slice(2);
  if ((side === 'bare' || side === 'ours') && given !== undefined) {
    process.stdout.write(JSON.stringify(await (side === 'bare' ? bare : ours)(given)));
    return;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-thumbnails-'));
  try {
    process.stdout.write(`${JSON.stringify(await thumbnails(folder))}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
