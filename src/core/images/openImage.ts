import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { MAGIC_BYTES, sniffImage, type ImageKind } from '../imageData.js';

/** An image that was recognised by its content. Larger files are not held in memory: their `bytes` are null. */
export interface OpenedImage {
  readonly kind: Exclude<ImageKind, 'svg' | 'heic'>;
  readonly bytes: Buffer | null;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Why a file or some bytes are not shown; `message` completes a sentence that begins with the file's name. */
export class ImageRefused extends Error {
  constructor(
    readonly reason: 'missing' | 'corrupt' | 'too large',
    message: string,
    /** The image's own file, where it has one and that is known. */
    readonly file: string | null = null,
    /** The file that holds it, where it lies inside another. */
    readonly holder: string | null = null,
  ) {
    super(message);
    this.name = 'ImageRefused';
  }
}

/** Files up to this size are read in one piece. */
const IN_MEMORY = 32 << 20;

export interface FileIdentity {
  readonly size: number;
  readonly mtimeMs: number;
}

/** Size and time of a regular file within the limit. Throws an ImageRefused. */
export async function identify(file: string, maxBytes: number): Promise<FileIdentity> {
  const info = await stat(file).catch(refuse);
  if (!info.isFile()) throw new ImageRefused('missing', 'is a folder, a pipe or a device, not a file');
  requireSize(info.size, maxBytes);
  return { size: info.size, mtimeMs: info.mtimeMs };
}

/**
 * Opens a path of the data as an image and as nothing else: a regular file of a known kind within the limit. Waits for no
 * pipe. Throws an ImageRefused.
 */
export async function openImage(file: string, maxBytes: number): Promise<OpenedImage> {
  await identify(file, maxBytes);
  // What stands at the path may have changed since: asked again of the opened file itself, without blocking on a pipe.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(refuse);
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw new ImageRefused('missing', 'is a folder, a pipe or a device, not a file');
    requireSize(info.size, maxBytes);
    const whole = info.size <= IN_MEMORY;
    const buffer = Buffer.allocUnsafe(whole ? info.size : MAGIC_BYTES);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const bytes = buffer.subarray(0, length);
    const kind = requireImage(bytes);
    return { kind, bytes: whole ? bytes : null, size: info.size, mtimeMs: info.mtimeMs };
  } finally {
    await handle.close();
  }
}

/** The same for bytes that stand in the data themselves. */
export function openBytes(bytes: Buffer, maxBytes: number): OpenedImage {
  requireSize(bytes.length, maxBytes);
  return { kind: requireImage(bytes), bytes, size: bytes.length, mtimeMs: 0 };
}

/** Throws an ImageRefused for more bytes than the limit. */
export function requireSize(size: number, maxBytes: number): void {
  if (size <= maxBytes) return;
  throw new ImageRefused(
    'too large',
    `has ${megabytes(size)}, and the limit is ${megabytes(maxBytes)}. Raise the limit in the settings to see it`,
  );
}

function requireImage(bytes: Uint8Array): OpenedImage['kind'] {
  if (bytes.length === 0) throw new ImageRefused('corrupt', 'is empty');
  const kind = sniffImage(bytes);
  if (kind === null) throw new ImageRefused('corrupt', 'is no image: its content is of no known kind');
  if (kind === 'svg' || kind === 'heic') {
    throw new ImageRefused(
      'corrupt',
      `is an image of the kind ${kind.toUpperCase()}, which is not shown. Convert it to PNG`,
    );
  }
  return kind;
}

function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function refuse(error: NodeJS.ErrnoException): never {
  const gone = error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP';
  throw new ImageRefused('missing', gone ? 'is not there any more' : `cannot be read (${error.code ?? error.message})`);
}
