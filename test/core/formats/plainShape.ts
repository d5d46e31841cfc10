import type { Dropped, JsonObject, RawItem } from '../../../src/core/model.js';
import { isDropped } from '../../../src/core/formats/format.js';
import type { Container, Format, Shape, Source } from '../../../src/core/formats/format.js';
import { plain } from '../../../src/core/formats/plain.js';

/** A shape as if a file began with these records. */
export function shapeOf(head: readonly JsonObject[], more: Partial<Shape> = {}): Shape {
  const columns = [...new Set(head.flatMap((record) => Object.keys(record)))];
  const container: Container = 'json-lines';
  return {
    path: 'answers.jsonl',
    container,
    columns,
    head,
    complete: true,
    text: '',
    root: null,
    entries: [],
    ...more,
  };
}

/** Records from rows of cells, all text, as a CSV file gives them. */
export function table(header: string, ...rows: readonly string[]): JsonObject[] {
  const names = header.split(',').map((name) => name.trim());
  return rows.map((row) => {
    const cells = row.split(',').map((cell) => cell.trim());
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

/** The shape of one JSON object. */
export function objectShape(root: JsonObject): Shape {
  return shapeOf([], { container: 'json-object', path: 'answers.json', root, columns: Object.keys(root) });
}

export async function read(
  shape: Shape,
  format: Format = plain,
  rest: readonly JsonObject[] = [],
): Promise<(RawItem | Dropped)[]> {
  const source: Source = {
    path: shape.path,
    shape,
    async *records() {
      await Promise.resolve();
      for (const [i, value] of [...shape.head, ...rest].entries()) yield { row: i + 1, value, flags: [] };
    },
    bytes: () => Promise.reject(new Error('not asked for')),
  };
  const items: (RawItem | Dropped)[] = [];
  for await (const item of format.read(source)) items.push(item);
  return items;
}

/** The items of a shape; fails where a record was dropped. */
export async function itemsOf(
  shape: Shape,
  format: Format = plain,
  rest: readonly JsonObject[] = [],
): Promise<RawItem[]> {
  return (await read(shape, format, rest)).map((item) => {
    if (isDropped(item)) throw new Error(`dropped: ${item.detail}`);
    return item;
  });
}
