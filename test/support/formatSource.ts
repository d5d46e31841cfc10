import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Container, Detected, Format, Record_, Shape, Source } from '../../src/core/formats/format.js';
import { isDropped } from '../../src/core/formats/format.js';
import { openSource, sniff } from '../../src/core/formats/shape.js';
import type { Dropped, JsonObject, RawItem } from '../../src/core/model.js';

/** A shape as the container layer would describe a small file of these records. */
export function shapeOf(path: string, container: Container, records: readonly JsonObject[]): Shape {
  return {
    path,
    container,
    columns: [...new Set(records.flatMap((record) => Object.keys(record)))],
    head: records,
    complete: true,
    text: '',
    root: null,
    entries: [],
  };
}

/** A shape of a file that is one JSON object. */
export function objectShape(path: string, root: JsonObject): Shape {
  return { ...shapeOf(path, 'json-object', []), columns: Object.keys(root), text: JSON.stringify(root), root };
}

/** A source over records in memory: no file stands behind it. `text` are the bytes of the whole file. */
export function sourceOf(shape: Shape, text = shape.text): Source {
  return {
    path: shape.path,
    shape,
    async *records(): AsyncGenerator<Record_> {
      await Promise.resolve();
      let row = 0;
      for (const value of shape.head) yield { row: (row += 1), value, flags: [] };
    },
    bytes: () => Promise.resolve(new TextEncoder().encode(text)),
  };
}

/** Reads a whole source, items and dropped records apart. */
export async function readAll(format: Format, source: Source): Promise<{ items: RawItem[]; dropped: Dropped[] }> {
  const items: RawItem[] = [];
  const dropped: Dropped[] = [];
  for await (const record of format.read(source)) {
    if (isDropped(record)) dropped.push(record);
    else items.push(record);
  }
  return { items, dropped };
}

/** The result of a format's detection, or an error where the format does not recognise the shape. */
export function recognised(format: Format, shape: Shape): Detected {
  const detected = format.detect(shape);
  if (detected === null) throw new Error(`${format.id} does not recognise ${shape.path}`);
  return detected;
}

/** A file of the test fixtures. */
export function fixture(...parts: string[]): string {
  return path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', ...parts);
}

/** A file as the container layer hands it to a format. */
export async function openFile(file: string): Promise<Source> {
  return openSource(file, await sniff(file));
}
