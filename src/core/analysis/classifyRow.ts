import { sceneIn } from '../images/scenes.js';
import type { Flag, ItemKind, Option, ParsedAnswer, RawItem } from '../model.js';
import { encodeDirection, NO_DIRECTION_CODE } from '../relations/direction.js';
import { familyOf } from '../relations/families.js';
import { conventionOf, frameOf } from '../relations/frames.js';
import { comparable, matchGold } from '../relations/gold.js';
import { kindOf, numberOf, yesNoOf, YES_NO_OPTIONS } from '../relations/kinds.js';
import { directionOf, readPhrase } from '../relations/phrases.js';
import { remembered, rememberedOf } from '../remembered.js';
import { packAnswerKey, packItemKey } from '../store/lensKey.js';
import type { StoredRow } from '../store/row.js';

/** An item ready to be answered: its kind and its options are settled. */
export interface PreparedItem {
  readonly raw: RawItem;
  readonly kind: ItemKind;
  readonly options: readonly Option[];
}

/** Settles how an item is asked, and gives yes/no items without printed options their two answers. */
export function prepareItem(raw: RawItem): PreparedItem {
  const kind = raw.kind ?? kindOf(raw.question, raw.options, raw.gold, (text) => directionOf(text) !== null);
  const options = kind === 'yes-no' && raw.options.length === 0 ? YES_NO_OPTIONS : raw.options;
  return { raw, kind, options };
}

/** Puts item and answer together: gold option, directions, correctness, flags, and the keys a lens decides by. */
export function classifyRow({ raw, kind, options }: PreparedItem, answer: ParsedAnswer): StoredRow {
  const match = matchGold(raw.gold, options);
  const goldText = match.option === null ? raw.gold : (options[match.option]?.text ?? raw.gold);
  const predicted = answer.option === null ? answer.value : (options[answer.option]?.text ?? answer.value);
  const correct = judge(raw, kind, options, match.option, answer);
  const goldDirection = kind === 'yes-no' ? NO_DIRECTION_CODE : codeOf(goldText);
  const parsed = answer.status === 'parsed';
  const predictedDirection = parsed && kind !== 'yes-no' ? codeOf(predicted) : NO_DIRECTION_CODE;
  const answeredYes = parsed && kind === 'yes-no' ? yesNoOf(predicted) : null;
  const countError = kind === 'count' && parsed ? difference(predicted, goldText) : null;
  const frame = raw.frame ?? frameOf(raw.question);
  const convention = raw.convention ?? conventionOf(frame);
  // One flat literal: with a spread of this size V8 falls back to slow objects, and a million rows pay for it.
  return {
    raw,
    answer,
    kind,
    frame,
    convention,
    family: raw.relation === null ? null : familyOf(raw.relation),
    contact: raw.relation === null ? kind !== 'yes-no' && contactOf(goldText) : contactOf(raw.relation),
    options,
    gold: goldText,
    goldOption: match.option,
    predicted: parsed ? predicted : null,
    goldDirection,
    predictedDirection,
    relationDirection: codeOf(raw.relation),
    wrongDirections: wrongDirections(kind, options, match.option),
    itemKey: packItemKey(kind, goldDirection, frame, convention),
    answerKey: parsed ? packAnswerKey(predictedDirection, answeredYes, countError) : null,
    goldYes: kind === 'yes-no' ? yesNoOf(goldText) : null,
    answeredYes,
    countError,
    correct,
    flags: flagsOf(raw, options, match, correct, answer),
    cluster: clusterOf(raw),
    frameSwapExpected: null,
    frameSwapOf: null,
  };
}

function codeOf(text: string | null): number {
  return text === null ? NO_DIRECTION_CODE : codeIn(text);
}

const codeIn = remembered((text) => encodeDirection(directionOf(text)));

function contactOf(text: string | null): boolean {
  return text !== null && readPhrase(text).contact;
}

/** Null without gold. An answer that could not be read is wrong. */
function judge(
  raw: RawItem,
  kind: ItemKind,
  options: readonly Option[],
  goldOption: number | null,
  answer: ParsedAnswer,
): boolean | null {
  if (raw.gold === null) return null;
  if (answer.status !== 'parsed') return false;
  if (goldOption !== null && answer.option !== null) return answer.option === goldOption;
  const predicted = answer.option === null ? answer.value : (options[answer.option]?.text ?? null);
  if (predicted === null) return false;
  if (kind === 'count') return numberOf(predicted) !== null && numberOf(predicted) === numberOf(raw.gold);
  return [raw.gold, ...(raw.goldAliases ?? [])].some(
    (gold) => sameAnswer(gold, predicted) || (kind === 'open' && sameDirection(gold, predicted)),
  );
}

/**
 * Free answers compare without case, white space, closing punctuation and the brackets around a letter. A letter is right
 * where the gold is printed with it ("A. left"): where options are not known, the letter is all that can be compared.
 */
function sameAnswer(gold: string, predicted: string): boolean {
  const bare = (text: string): string => comparable(text).replace(/^\((\w)\)$/, '$1');
  const answer = bare(predicted);
  return bare(gold) === answer || (answer.length === 1 && PRINTED_LABEL.exec(gold)?.[1]?.toLowerCase() === answer);
}

/** Where no options are known and the gold is nothing but a direction, an answer that names just that direction is right. */
function sameDirection(gold: string, predicted: string): boolean {
  const { direction, spans } = readPhrase(gold);
  const bare = gold.length - spans.reduce((total, span) => total + span.end - span.start, 0) <= MOST_BESIDE_DIRECTION;
  return direction !== null && bare && codeOf(predicted) === encodeDirection(direction);
}

/** Characters that a bare direction may hold beside its words: hyphens, spaces, a full stop. */
const MOST_BESIDE_DIRECTION = 3;
const PRINTED_LABEL = /^\s*\(?([A-Za-z])[).:]\s*\S/;

function difference(predicted: string | null, gold: string | null): number | null {
  const one = numberOf(predicted);
  const other = numberOf(gold);
  return one === null || other === null ? null : one - other;
}

function wrongDirections(kind: ItemKind, options: readonly Option[], goldOption: number | null): string {
  if (kind === 'yes-no' || goldOption === null || options.length < 2) return '';
  return wrongOf(options)[goldOption] ?? '';
}

/** By gold option: the letters of the others' directions. */
const wrongOf = rememberedOf((options: readonly Option[]): readonly string[] => {
  const letters = options.map((option) => letterOf(codeOf(option.text)));
  return letters.map((_, gold) =>
    letters
      .filter((_letter, index) => index !== gold)
      .sort()
      .join(''),
  );
});

/** Direction codes 0 to 26 as 'a' to '{'. */
function letterOf(code: number): string {
  return String.fromCharCode(97 + code);
}

const NO_FLAGS: readonly Flag[] = [];

function flagsOf(
  raw: RawItem,
  options: readonly Option[],
  match: ReturnType<typeof matchGold>,
  correct: boolean | null,
  answer: ParsedAnswer,
): readonly Flag[] {
  const flags = new Set<Flag>(raw.flags);
  for (const flag of answer.flags) flags.add(flag);
  if (match.conflict) flags.add('goldConflict');
  if (raw.gold !== null && options.length > 0 && match.option === null) flags.add('goldUnmatched');
  if (options.length === 0 && answer.value !== null && /^\(?[A-Z]\)?$/.test(answer.value)) flags.add('optionsUnknown');
  if (raw.storedCorrect !== null && correct !== null && raw.storedCorrect !== correct) flags.add('storedDiffers');
  return flags.size === 0 ? NO_FLAGS : [...flags];
}

/** The scene that an item names beside its picture. */
export function statedScene({ meta }: RawItem): string | number | null {
  const scene = meta['scene'] ?? meta['scene_id'] ?? meta['scan_id'];
  return typeof scene === 'string' || typeof scene === 'number' ? scene : null;
}

/** The scene that a picture belongs to, else the picture, else the base item; null: the row stands alone. */
function clusterOf(raw: RawItem): string | null {
  const scene = statedScene(raw);
  if (scene !== null) return `scene:${scene}`;
  const [first] = raw.images;
  if (first !== undefined) {
    const inPath = sceneIn(first);
    return inPath === null ? `image:${raw.images.join('|')}` : `scene:${inPath}`;
  }
  return raw.unit === null ? null : `item:${raw.unit}`;
}
