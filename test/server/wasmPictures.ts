/** Decodes a file with the WebAssembly build, as Electron on Linux has it done, and prints sizes and native libraries loaded. */
import { openImage } from '../../src/core/images/openImage.js';
import { encode } from '../../src/server/decode.js';
import { load } from '../../src/server/sharpLoader.js';

const [file = ''] = process.argv.slice(2);
const sharp = await load(true);
const wanted = { size: 96, crop: null, use: 'thumbnail', maxPixels: 1e8 } as const;
const { width, height, originalWidth, originalHeight } = await encode(sharp, await openImage(file, 1e9), file, wanted);
// The whole file from disk, as large ones are read.
const large = { ...(await openImage(file, 1e9)), bytes: null };
await encode(sharp, large, file, wanted);
const report = process.report.getReport() as unknown as { sharedObjects: string[] };
const native = report.sharedObjects.filter((name) => /vips|sharp/.test(name));
process.stdout.write(JSON.stringify({ sizes: [width, height, originalWidth, originalHeight], native }));
// Its worker threads would keep the process alive.
process.exit(0);
