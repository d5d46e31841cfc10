import type { Shape } from './format.js';
import { optionsByRow, plainWords } from './answerMatch.js';
import { readOptions } from './optionsValue.js';
import { cellText } from './recordValues.js';
import { holdsScores } from './scoreVectors.js';
import { resolveAnswers } from './roleAnswers.js';
import { boxColumns } from './boxes.js';
import { isChat } from './chats.js';
import { conventionIn } from './roleConvention.js';
import { modelColumns } from './roleModels.js';
import type { ModelColumns } from './roleModels.js';
import { DATA_SPLITS, MIN_CONFIDENCE, namesSuggest, roundConfidence } from './roleNames.js';
import type { NameClass, NameHit, RoleGuess, RoleName } from './roleNames.js';
import { tableOf } from './plainTables.js';
import { profilesOf, shownText } from './roleValues.js';
import type { Profile } from './roleValues.js';

export { MIN_CONFIDENCE, ROLE_NAMES } from './roleNames.js';
export type { RoleGuess, RoleName } from './roleNames.js';

export interface InferredRoles {
  readonly roles: readonly RoleGuess[];
  /** One sentence for everything that could not be decided. */
  readonly undecided: readonly string[];
  /** That of the least sure role that the reading of answers rests on; 0 where there is none. */
  readonly confidence: number;
  /** What the file is; null below MIN_CONFIDENCE. */
  readonly role: 'run' | 'definition' | null;
  /** The model, where the column of the predictions is named after it and nothing else is; else null. */
  readonly model: string | null;
  /** Columns without a role whose values look like answers, in a file that is read without predictions. */
  readonly suspects: readonly string[];
  /** All columns without a role, in file order; they stay with the item as fields. */
  readonly unassigned: readonly string[];
}

/** Everything the stages of the inference share: the columns, what their names suggest, and the guesses so far. */
interface Search {
  readonly profiles: readonly Profile[];
  readonly hits: ReadonlyMap<string, readonly NameHit[]>;
  readonly guesses: RoleGuess[];
  readonly undecided: string[];
}

/**
 * Infers what each column is from its name and from the values in the head: first the columns that values prove (images, options,
 * questions), then gold and prediction against each other, then the rest. Each column gets one role at most; what gets none is meta.
 */
export function inferRoles(shape: Shape): InferredRoles {
  const table = tableOf(shape)?.shape ?? shape;
  const profiles = profilesOf(table);
  const hits = new Map(profiles.map(({ column }) => [column, namesSuggest(column)]));
  const search: Search = { profiles, hits, guesses: [], undecided: [] };
  takeImages(search);
  takeOptions(search);
  takeBest(search, 'id', idFit);
  takeSplitPrompt(search);
  takeBest(search, 'question', questionFit);
  takeScores(search);
  takeBest(search, 'correct', (p, hit) => (hit.as === 'correct' ? verdictFit(p, hit.weight) : correctByValues(p, hit)));
  takeBest(search, 'confidence', confidenceFit);
  takeBest(search, 'convention', conventionFit);
  for (const role of ['model', 'frame', 'relation', 'task', 'sample', 'step', 'split'] as const) {
    takeBest(search, role, (p, hit) => {
      if (hit.as !== role) return null;
      // A prompt's label always separates runs; "method" or "mode" may as well be an attribute of the question.
      if (role === 'split' && hit.weight < 0.8 && !separatesRuns(search, p)) return null;
      return labelFit(p, hit.weight, role);
    });
  }
  const answers = resolveAnswers(freeColumns(search), {
    options: profilesWith(search, 'options'),
    question: profilesWith(search, 'question')[0] ?? null,
    scored: search.guesses.some((guess) => ['model', 'correct', 'confidence'].includes(guess.role)),
    identified: search.guesses.some((guess) => ['id', 'image', 'model', 'correct'].includes(guess.role)),
  });
  search.guesses.push(...answers.roles);
  search.undecided.push(...answers.undecided);
  takeBoxes(search, table);
  return conclude(search);
}

/** Columns named after models, in a file that has a right answer and no prediction. */
function namedAfterModels(search: Search): ModelColumns {
  const gold = search.guesses.find((guess) => guess.role === 'gold');
  const p = gold === undefined ? undefined : profilesWith(search, 'gold')[0];
  const answered = search.guesses.some((guess) =>
    ['prediction', 'response', 'extracted', 'score'].includes(guess.role),
  );
  if (gold === undefined || p === undefined || answered || gold.confidence < MIN_CONFIDENCE)
    return { taken: null, suspects: [] };
  const question = profilesWith(search, 'question')[0] ?? null;
  return modelColumns(freeColumns(search), { options: profilesWith(search, 'options'), question, gold: p });
}

function conclude(search: Search): InferredRoles {
  const { taken, suspects } = namedAfterModels(search);
  if (taken !== null) search.guesses.push(taken);
  const confidenceOf = (role: RoleName): number => search.guesses.find((guess) => guess.role === role)?.confidence ?? 0;
  const said = Math.max(confidenceOf('prediction'), confidenceOf('response'), confidenceOf('extracted'));
  const answered = said > 0 ? said : confidenceOf('score');
  const gold = confidenceOf('gold');
  const base = answered > 0 ? (gold > 0 ? Math.min(answered, gold) : answered) : gold;
  const confidence = base === 0 ? 0 : roundConfidence(base * support(search, answered > 0));
  const { undecided } = search;
  if (base === 0 && undecided.length === 0) {
    const unnamed = freeColumns(search).filter((p) => p.filled > 0 && Math.max(p.leadingLetters, p.yesNo) >= 0.9);
    undecided.push(
      unnamed.length === 0
        ? 'no column looks like a prediction or like a right answer'
        : `whether ${unnamed.map(({ column }) => `'${column}'`).join(', ')} holds predictions or right answers`,
    );
  } else if (base > 0 && confidence < MIN_CONFIDENCE && undecided.length === 0) {
    undecided.push(
      answered > 0
        ? 'what each row answers: no question, image or id stands beside the answers'
        : 'whether the rows are questions',
    );
  }
  const role = confidence < MIN_CONFIDENCE ? null : answered > 0 ? 'run' : 'definition';
  const modelKnown = search.guesses.some((guess) => guess.role === 'model');
  const boxes = search.guesses.flatMap(({ role, column }) => (role === 'boxes' ? [`${column}.`] : []));
  const unassigned = freeColumns(search).flatMap(({ column }) =>
    boxes.some((owner) => column.startsWith(owner)) ? [] : [column],
  );
  const model = taken === null || modelKnown ? null : taken.column;
  return { roles: search.guesses, undecided, confidence, role, model, suspects, unassigned };
}

/** Answers alone make no item: the factor for what stands beside them. */
function support(search: Search, run: boolean): number {
  const has = (role: RoleName): boolean => search.guesses.some((guess) => guess.role === role);
  const question = profilesWith(search, 'question')[0];
  const counts = search.profiles.some(
    (p) =>
      /^(?:counts?|n|total|freq(?:uency)?|num|support)$/i.test(p.column) &&
      p.integers === p.filled / Math.max(1, p.filled),
  );
  if (counts && !has('question') && !has('image')) return 0.3;
  if (run)
    return has('question') || has('image') || has('options')
      ? 1
      : has('id') || has('task') || has('correct')
        ? 0.9
        : 0.7;
  if (has('image') || has('options')) return 1;
  const named = search.guesses.find((guess) => guess.role === 'question');
  return question !== undefined && (question.questions >= 0.5 || (named?.confidence ?? 0) >= 0.8) ? 0.9 : 0.6;
}

/** Characters of a key that a message shows. */
const MAX_SHOWN = 80;

/**
 * Why a file's records cannot be read without help, in one paragraph for the user: what could be told, what not, and the command
 * that prints the roles for editing.
 */
export function explainUndecided(shape: Shape): string {
  if (shape.container === 'json-object' && tableOf(shape) === null) {
    if (shape.root === null)
      return 'One JSON object that is cut off or larger than can be read in one piece; write its records as JSON lines.';
    const all = Object.keys(shape.root);
    if (all.length === 0) return 'One JSON object with nothing in it.';
    const keys = [...all.slice(0, 8).map((key) => `'${key.slice(0, MAX_SHOWN)}'`), ...(all.length > 8 ? ['…'] : [])];
    return (
      `One JSON object (${keys.join(', ')}) that holds no records in a layout known here: a list of records, records by id, ` +
      'or columns of equal length. If it holds answers, write them as JSON lines, one object for each.'
    );
  }
  if (shape.columns.length === 0) {
    return 'No records were found in it: a table with a header row, JSON records, or one JSON object with a list of records was expected.';
  }
  const { roles, undecided } = inferRoles(shape);
  const known = roles
    .filter((guess) => guess.confidence >= MIN_CONFIDENCE)
    .map((guess) => `${guess.role} = '${guess.column}'`);
  const all = (tableOf(shape)?.shape ?? shape).columns;
  const columns = all.slice(0, 12).map((column) => `'${column}'`);
  const more = all.length > 12 ? ` and ${String(all.length - 12)} more` : '';
  const found = known.length > 0 ? ` Read so far: ${known.join(', ')}.` : '';
  const isGold = known.some((role) => role.startsWith('gold = '));
  const gold = isGold
    ? ' If it holds the right answers to the questions of other files, that mapping makes it their gold; on the command line, --gold does so without one.'
    : '';
  return (
    `The columns (${columns.join(', ')}${more}) do not say what they hold. Undecided: ${undecided.join('; ')}.${found} ` +
    `If the file holds questions or answers, complete what \`${savingMapping(shape.path)}\` writes.${gold}`
  );
}

/** The line that saves a file's mapping, to be edited, where every later command in the same folder finds it. */
export function savingMapping(path: string): string {
  const name = (path.split(/[\\/]/).at(-1) ?? path).replace(/\.[^.]+$/, '');
  const to = `.flipside/formats/${name}.json`;
  return `mkdir -p .flipside/formats && flipside mapping ${quoted(path)} --format json > ${quoted(to)}`;
}

/** A path as a shell takes it. */
export function quoted(path: string): string {
  return /^[\w./@+=:-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** A fit raises or lowers what the name says; null rules the column out. */
type Fit = { readonly confidence: number; readonly reason: string } | null;

function takeBest(search: Search, role: RoleName, fit: (p: Profile, hit: NameHit) => Fit): void {
  let best: RoleGuess | null = null;
  for (const p of freeColumns(search)) {
    for (const hit of hitsOf(search, p)) {
      const found = fit(p, hit);
      if (found === null || found.confidence < MIN_CONFIDENCE || found.confidence <= (best?.confidence ?? 0)) continue;
      best = {
        role,
        column: p.column,
        confidence: roundConfidence(found.confidence),
        reasons: [`the name '${p.column}'`, found.reason],
      };
    }
  }
  if (best !== null) search.guesses.push(best);
}

/** A column whose name says nothing is still offered once, with no weight, so that its values alone may decide. */
function hitsOf(search: Search, p: Profile): readonly NameHit[] {
  const hits = search.hits.get(p.column) ?? [];
  return hits.length > 0 ? hits : [NAMELESS];
}

const NAMELESS: NameHit = { as: 'text', weight: 0 };

function freeColumns(search: Search): Profile[] {
  const taken = new Set(search.guesses.map((guess) => guess.column));
  return search.profiles.filter((p) => !taken.has(p.column));
}

function profilesWith(search: Search, role: RoleName): Profile[] {
  const columns = new Set(search.guesses.filter((guess) => guess.role === role).map((guess) => guess.column));
  return search.profiles.filter((p) => columns.has(p.column));
}

/** Several image columns are one role: `image_1`, `image_2`. Identifiers of images count only where no column names the files. */
function takeImages(search: Search): void {
  const found = freeColumns(search).flatMap((p): RoleGuess[] => {
    const weight =
      weightOf(search, p, 'image') || (/^(?:image|img|frame)(?:_?path)?[\s_-]?\d{1,2}$/i.test(p.column) ? 0.85 : 0);
    const byName =
      weight > 0 && (p.numeric < 1 || /id$/i.test(p.column)) && (p.meanWords <= 4 || p.lists > 0 || p.images >= 0.5);
    if (!byName && !(p.images >= 0.9 && p.meanWords < 3)) return [];
    const confidence = p.images >= 0.5 ? Math.max(weight, 0.6) + 0.05 : weight - 0.1;
    const reasons = [
      ...(weight > 0 ? [`the name '${p.column}'`] : []),
      ...(p.images > 0 ? [`${percent(p.images)} are image files`] : []),
    ];
    return [{ role: 'image', column: p.column, confidence: roundConfidence(confidence), reasons }];
  });
  const best = Math.max(0, ...found.map((guess) => guess.confidence));
  const numbered = found.filter((guess) => /\d$/.test(guess.column));
  if (numbered.length > 1) search.guesses.push(...numbered);
  else search.guesses.push(...found.filter((guess) => guess.confidence === best).slice(0, 1));
}

function takeOptions(search: Search): void {
  const lettered = letteredColumns(freeColumns(search));
  if (lettered.length > 0) {
    const reasons = [`${String(lettered.length)} columns, one for each option`];
    search.guesses.push(
      ...lettered.map((p): RoleGuess => ({ role: 'options', column: p.column, confidence: 0.9, reasons })),
    );
    return;
  }
  takeBest(search, 'options', (p, hit) => {
    if (p.filled === 0)
      return hit.as === 'options' && hit.weight > 0.9 ? { confidence: 0.7, reason: 'no values to look at' } : null;
    const nameless = hit === NAMELESS && p.lists >= 0.9 && p.images === 0 && holdsAnswers(search, p);
    if ((hit.as !== 'options' && !nameless) || p.offers < 0.5) return joinedLists(p, hit);
    return {
      confidence: (hit.as === 'options' ? hit.weight : 0.55) + 0.04,
      reason: `${percent(p.offers)} list two options or more`,
    };
  });
}

/** True where a column of answers is found, word for word, among the texts that another lists in the same record. */
function holdsAnswers(search: Search, list: Profile): boolean {
  const offered = list.values.map((value) => readOptions(value).map((option) => plainWords(option.text)));
  return search.profiles.some((p) => {
    const answers = (search.hits.get(p.column) ?? []).some((hit) => ANSWERING.has(hit.as));
    if (p === list || !answers || p.filled === 0) return false;
    const among = p.values.filter((value, row) => offered[row]?.includes(plainWords(cellText(value) ?? '')) === true);
    return among.length >= 0.8 * p.filled;
  });
}

const ANSWERING = new Set<NameClass>(['gold', 'answer', 'prediction', 'extracted']);

/** "left, right" or "left/right" may be one text or two; the reader splits it only where the gold answers are among the parts. */
function joinedLists(p: Profile, hit: NameHit): Fit {
  const joined = p.texts.filter((text) => /[,/]|\s(?:or|vs\.?)\s/i.test(text)).length / Math.max(1, p.filled);
  return hit.as === 'options' && hit.weight > 0.9 && joined >= 0.8
    ? { confidence: 0.6, reason: "texts joined by commas, slashes, 'or' or 'vs'" }
    : null;
}

/** Columns `A`, `B`, … or `option_a`/`option1`, …: two or more in a row of one prefix. */
function letteredColumns(profiles: readonly Profile[]): Profile[] {
  const groups = new Map<string, Map<string, Profile>>();
  for (const p of profiles) {
    const match = /^(?:(options?|opt|choices?|candidate|alternative)[\s._-]*)?([A-Z]|\d{1,2})$/i.exec(p.column);
    const prefix = (match?.[1] ?? '').toLowerCase();
    const key = match?.[2]?.toUpperCase();
    if (key === undefined || (prefix === '' && /\d/.test(key)) || p.meanLength > 400) continue;
    groups.set(prefix, (groups.get(prefix) ?? new Map<string, Profile>()).set(key, p));
  }
  for (const group of groups.values()) {
    const first = ['A', '0', '1'].find((key) => group.has(key));
    if (first === undefined) continue;
    const run: Profile[] = [];
    for (let key: string = first; group.has(key) && run.length < 26; key = next(key))
      run.push(group.get(key) as Profile);
    if (run.length > 1) return run;
  }
  return [];
}

function next(key: string): string {
  return /\d/.test(key) ? String(Number(key) + 1) : String.fromCharCode(key.charCodeAt(0) + 1);
}

function weightOf(search: Search, p: Profile, as: NameClass): number {
  return (search.hits.get(p.column) ?? []).find((hit) => hit.as === as)?.weight ?? 0;
}

function idFit(p: Profile, hit: NameHit): Fit {
  const unique = p.filled > 0 && p.distinct === p.filled;
  if (/^(?:|Unnamed: 0|column[ .]?1)$/i.test(p.column) && unique && p.integers === 1)
    return { confidence: 0.55, reason: 'a table index' };
  if (hit.as !== 'id' || p.meanLength > 80 || p.lists > 0 || p.integers < p.numeric) return null;
  if (p.filled === 0) return { confidence: hit.weight - 0.1, reason: 'no values to look at' };
  return unique
    ? { confidence: hit.weight + 0.05, reason: 'every value is different' }
    : { confidence: hit.weight - 0.25, reason: 'values repeat' };
}

/** Beside a question, a `prompt` of a few short values names the prompt's kind, not its text. */
function takeSplitPrompt(search: Search): void {
  const asked = search.profiles.some((p) => weightOf(search, p, 'question') >= 0.9);
  takeBest(search, 'split', (p, hit) => {
    const kinds =
      p.filled >= 4 && p.distinct <= 20 && p.filled >= 2 * p.distinct && p.meanWords <= 4 && p.questions === 0;
    return asked && hit.as === 'question' && hit.weight < 0.9 && kinds
      ? { confidence: 0.65, reason: 'a few short values' }
      : null;
  });
}

/** A name that stands for nothing but a question ("question", "query") suffices, in whatever language or mark-up it is asked. */
const SURE_QUESTION = 0.9;

function questionFit(p: Profile, hit: NameHit): Fit {
  const weight = hit.as === 'question' || hit.as === 'text' ? hit.weight : 0;
  if (p.filled === 0) return weight >= 0.7 ? { confidence: weight - 0.1, reason: 'no values to look at' } : null;
  const chats = p.lists > 0.5 && p.values.some(isChat);
  if (p.numeric > 0.5 || (p.lists > 0.5 && !chats)) return null;
  const asks = p.questions >= 0.5;
  if (hit.as === 'question' && weight >= SURE_QUESTION) {
    // "Where is the cup in room.png?" ends like the name of a picture.
    return p.images > 0.5 && p.meanWords < 3
      ? null
      : { confidence: weight + (asks ? 0.04 : 0), reason: asks ? `${percent(p.questions)} ask` : 'text' };
  }
  if (p.images > 0.5) return null;
  if (weight === 0) {
    const alone = hit === NAMELESS && p.questions >= 0.8 && p.meanWords >= 4;
    return alone ? { confidence: 0.6, reason: `${percent(p.questions)} end or hold a question mark` } : null;
  }
  if (p.meanWords < 2 && !asks) return null;
  return asks
    ? { confidence: weight + 0.04, reason: `${percent(p.questions)} ask` }
    : { confidence: weight - (p.meanWords < 3 ? 0.2 : 0), reason: 'text' };
}

/** The words are ours, so that nothing else is taken for them. */
function conventionFit(p: Profile, hit: NameHit): Fit {
  const all = hit.as === 'convention' && p.filled > 0 && p.texts.every((text) => conventionIn(text) !== null);
  return all ? { confidence: hit.weight, reason: 'every value says what "front" means' } : null;
}

function verdictFit(p: Profile, weight: number): Fit {
  if (p.filled === 0) return { confidence: weight - 0.15, reason: 'no values to look at' };
  return p.boolish + p.verdictLists >= 0.95 ? { confidence: weight, reason: 'true or false' } : null;
}

/** `score`, `result`, `correct`, … are correctness only where every value is a verdict. */
function correctByValues(p: Profile, hit: NameHit): Fit {
  if (hit.as !== 'verdict') return null;
  const plain = /^(?:correct|right)$/i.test(p.column);
  if (p.filled === 0) return plain ? { confidence: 0.7, reason: 'no values to look at' } : null;
  if (p.boolish + p.verdictLists < 0.95) return null;
  return { confidence: plain ? 0.9 : 0.75, reason: p.zeroOne === 1 ? 'only 0 and 1' : 'verdicts' };
}

/** Columns in which boxes of the picture were found, also objects that hold them. */
function takeBoxes(search: Search, shape: Shape): void {
  const taken = new Set(search.guesses.map((guess) => guess.column));
  for (const { column, unclear } of boxColumns(shape)) {
    if (taken.has(column)) continue;
    const reasons = [`the name '${column}'`, unclear ? 'four numbers whose order nothing tells' : 'boxes of the image'];
    search.guesses.push({ role: 'boxes', column, confidence: unclear ? 0.6 : 0.85, reasons });
  }
}

/** A number for each option, in whatever measure the name says. */
function takeScores(search: Search): void {
  const options = optionsByRow(profilesWith(search, 'options'), profilesWith(search, 'question')[0] ?? null);
  takeBest(search, 'score', (p, hit) => {
    const named = hit.as === 'score' || hit.as === 'confidence';
    return named && holdsScores(p, options) ? { confidence: hit.weight, reason: 'a number for each option' } : null;
  });
}

function confidenceFit(p: Profile, hit: NameHit): Fit {
  const score = hit.as === 'verdict' && /score/i.test(p.column) && p.distinct > 2;
  if (hit.as !== 'confidence' && !score) return null;
  if (p.filled === 0) return score ? null : { confidence: hit.weight - 0.15, reason: 'no values to look at' };
  const percents = p.texts.every((text) => /^\d{1,3}(?:\.\d+)?\s*%$/.test(text));
  if (p.unit < 1 && !percents) return null;
  return { confidence: score ? 0.6 : hit.weight, reason: percents ? 'percentages' : 'numbers from 0 to 1' };
}

/** True where the same questions come back under several values of the column, each at most once under one value. */
function separatesRuns(search: Search, p: Profile): boolean {
  const keys = (['id', 'question', 'image'] as const).map((role) => profilesWith(search, role)[0]);
  const [id, ...content] = keys;
  return (
    recursAcross(p, id === undefined ? [] : [id]) ||
    recursAcross(
      p,
      content.filter((key) => key !== undefined),
    )
  );
}

/** True where records with the same keys recur under several values of `p`, and never twice under one. */
export function recursAcross(p: Profile, keys: readonly Profile[]): boolean {
  if (keys.length === 0) return false;
  const under = new Map<string, Set<string>>();
  for (const [row, value] of p.values.entries()) {
    const key = keys.map((column) => shownText(column.values[row]) ?? '').join('\0');
    const group = shownText(value) ?? '';
    const seen = under.get(key) ?? new Set<string>();
    if (seen.has(group)) return false;
    under.set(key, seen.add(group));
  }
  return [...under.values()].some((seen) => seen.size > 1);
}

function labelFit(p: Profile, weight: number, role: RoleName): Fit {
  if (p.filled === 0) return { confidence: weight - 0.15, reason: 'no values to look at' };
  if (p.meanLength > 80 || p.lists > 0 || p.images > 0.5) return null;
  if ((role === 'sample' || role === 'step') && (p.integers < 1 || p.distinct > 1000))
    return role === 'step' && p.meanWords < 3 ? { confidence: weight - 0.2, reason: 'names' } : null;
  if (role === 'task' && p.numeric > p.integers) return null;
  if (role === 'split' && (p.distinct > 50 || p.texts.every((text) => DATA_SPLITS.test(text)))) return null;
  const scattered = p.filled > 5 && p.distinct > Math.max(50, p.filled / 2);
  const distinct = p.filled > 5 && p.distinct === p.filled && role !== 'relation';
  if (distinct && role === 'sample') return null;
  if (scattered || distinct) return { confidence: weight - 0.3, reason: 'values hardly repeat' };
  return { confidence: weight, reason: `${String(p.distinct)} different value${p.distinct === 1 ? '' : 's'}` };
}

function percent(share: number): string {
  return `${String(Math.round(share * 100))} % of the values`;
}
