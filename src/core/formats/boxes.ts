import { type Box, isJsonObject, type Json, type JsonObject } from '../model.js';
import type { Shape } from './format.js';
import { literalIn } from './optionsValue.js';
import { leavesOf, valueAt } from './roleValues.js';

/** What four numbers of a box are: two corners (x, y, x, y), or a corner and a size (x, y, width, height). */
export type BoxOrder = 'corners' | 'size';

/** A column that holds the boxes of objects in the image. */
export interface BoxColumn {
  readonly column: string;
  /** Null where neither name nor values tell: lists of four numbers are then no boxes. */
  readonly order: BoxOrder | null;
  /** Some of its boxes are such lists all the same, and are not drawn. */
  readonly unclear: boolean;
  /** What the column's name says of its boxes ("subject_bbox"). */
  readonly label: string | null;
}

type Numbers = readonly [number, number, number, number];
/** Four numbers as they stand, with what says how they are meant; null order: nothing beside them does. */
interface Stated {
  readonly numbers: Numbers;
  readonly order: BoxOrder | null;
  readonly label: string | null;
}

/** As many boxes as agree by chance in no data: the last two numbers of each are the larger ones. */
const PROOF = 8;
const NAME =
  /^(.*?)[\W_]*(?:b(?:ounding)?[\W_]?box(?:es)?|box(?:es)?)(?:[\W_]*(xyxy|ltrb|corners|xywh|ltwh|coco|voc|norm(?:alized)?|2d|list))*$/i;
/** Lists of objects, each with a box of its own. */
const OBJECTS = /^(?:objects|regions|detections|annotations|instances)$/i;
const CORNERS = /xyxy|ltrb|corners|voc/i;
const SIZE = /xywh|ltwh|coco/i;
/** Boxes that a model gave are no data about the image. */
const ANSWERED = /^(?:pred|output|generat|model|response|answer)/i;
const DEEPEST = 4;
const LOOKED_AT = 50;

/** The columns that hold boxes, as the first records show; `given` are those of a mapping, whatever they are called. */
export function boxColumns(shape: Shape, given?: readonly string[]): BoxColumn[] {
  const names = new Set(given);
  for (const record of given === undefined ? shape.head.slice(0, LOOKED_AT) : []) {
    for (const name of Object.keys(record)) names.add(name);
    // Elsewhere the leaves are the columns themselves.
    if (Object.values(record).some(isJsonObject)) for (const [name] of leavesOf(record)) names.add(name);
  }
  const taken: string[] = [];
  return [...names].flatMap((column): BoxColumn[] => {
    if (taken.some((other) => column.startsWith(`${other}.`))) return [];
    const own = column.slice(column.lastIndexOf('.') + 1);
    // Most names have no such word: the expression goes through all beginnings of each.
    const match = /box/i.test(own) ? NAME.exec(own) : null;
    if (given === undefined && ((match === null && !OBJECTS.test(own)) || ANSWERED.test(own))) return [];
    const stated = shape.head.flatMap((record) => statedIn(valueAt(record, column) ?? null));
    if (stated.length === 0) return [];
    taken.push(column);
    const label = match?.[1]?.replace(/[\W_]+/g, ' ').trim() ?? '';
    const order = orderOf(own, stated);
    const unclear = order === null && stated.some((each) => each.order === null);
    return [{ column, order, unclear, label: label === '' ? null : label }];
  });
}

function orderOf(name: string, stated: readonly Stated[]): BoxOrder | null {
  if (CORNERS.test(name)) return 'corners';
  if (SIZE.test(name)) return 'size';
  const open = stated.filter(({ order }) => order === null);
  const larger = ({ numbers: [x, y, right, bottom] }: Stated): boolean => right > x && bottom > y;
  if (!open.every(larger))
    return open.every(({ numbers: [, , width, height] }) => width > 0 && height > 0) ? 'size' : null;
  return open.length >= PROOF ? 'corners' : null;
}

/**
 * The boxes of a record: pixels, or fractions where no number is beyond 1. What cannot be told (four numbers without an order,
 * boxes without an extent) is left out.
 */
export function boxesOf(record: JsonObject, columns: readonly BoxColumn[]): Box[] {
  return columns.flatMap(({ column, order: usual, label: own }) => {
    const stated = statedIn(valueAt(record, column) ?? null);
    const unit = stated.every(({ numbers }) => numbers.every((number) => number <= 1)) ? 'fraction' : 'pixel';
    return stated.flatMap(({ numbers: [x, y, c, d], order, label }): Box[] => {
      const meant = order ?? usual;
      if (meant === null) return [];
      const [width, height] = meant === 'corners' ? [c - x, d - y] : [c, d];
      return width > 0 && height > 0 ? [{ x, y, width, height, unit, label: label ?? own }] : [];
    });
  });
}

/** Boxes of a value: four numbers, an object of four, lists and objects of such by label, also as text. */
function statedIn(value: Json, label: string | null = null, depth = 0): Stated[] {
  if (depth > DEEPEST) return [];
  if (typeof value === 'string') {
    const literal = literalIn(value);
    return literal === undefined ? [] : statedIn(literal, label, depth + 1);
  }
  if (Array.isArray(value)) {
    const numbers = fourNumbers(value);
    if (numbers !== null) return [{ numbers, order: null, label }];
    const corners = value.length === 2 && value.every((point) => Array.isArray(point) && point.length === 2);
    const flat = corners ? fourNumbers(value.flat()) : null;
    if (flat !== null) return [{ numbers: flat, order: 'corners', label }];
    return value.flatMap((item) => statedIn(item, label, depth + 1));
  }
  return isJsonObject(value) ? statedInObject(value, label, depth) : [];
}

function statedInObject(value: JsonObject, label: string | null, depth: number): Stated[] {
  const named = ['label', 'name', 'object', 'category', 'class', 'phrase', 'text'].find(
    (key) => typeof value[key] === 'string',
  );
  const own = named === undefined ? label : (value[named] as string);
  for (const [keys, order] of KEYS) {
    const numbers = fourNumbers(keys.map((key) => value[key] ?? null));
    if (numbers !== null) return [{ numbers, order, label: own }];
  }
  const inner = Object.keys(value).find((key) => NAME.exec(key)?.[1] === '');
  if (inner === undefined) {
    // Boxes by what they show: {"cup": [1, 2, 3, 4]}.
    return Object.entries(value).flatMap(([key, item]) =>
      typeof item === 'object' && item !== null ? statedIn(item, key, depth + 1) : [],
    );
  }
  const order = CORNERS.test(inner) ? 'corners' : SIZE.test(inner) ? 'size' : null;
  return statedIn(value[inner] ?? null, own, depth + 1).map((each) => ({ ...each, order: each.order ?? order }));
}

const KEYS: readonly (readonly [readonly string[], BoxOrder])[] = [
  [['x1', 'y1', 'x2', 'y2'], 'corners'],
  [['xmin', 'ymin', 'xmax', 'ymax'], 'corners'],
  [['x_min', 'y_min', 'x_max', 'y_max'], 'corners'],
  [['left', 'top', 'right', 'bottom'], 'corners'],
  [['x', 'y', 'width', 'height'], 'size'],
  [['x', 'y', 'w', 'h'], 'size'],
  [['left', 'top', 'width', 'height'], 'size'],
];

function fourNumbers(values: readonly Json[]): Numbers | null {
  if (values.length !== 4) return null;
  const [a, b, c, d] = values;
  const all = [a, b, c, d];
  return all.every((value) => typeof value === 'number' && Number.isFinite(value) && value >= 0)
    ? (all as unknown as Numbers)
    : null;
}
