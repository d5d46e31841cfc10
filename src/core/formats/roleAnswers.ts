import { affinity, optionsByRow, sameAnswers } from './answerMatch.js';
import { holdsScores, leadersOf } from './scoreVectors.js';
import { namesSuggest, roundConfidence } from './roleNames.js';
import type { NameClass, RoleGuess, RoleName } from './roleNames.js';
import type { Option } from '../model.js';
import { profile } from './roleValues.js';
import type { Profile } from './roleValues.js';

/** What is already known when gold and prediction are told apart. */
export interface AnswerContext {
  readonly options: readonly Profile[];
  readonly question: Profile | null;
  /** A column names a model, a verdict or a confidence: the file holds somebody's answers. */
  readonly scored: boolean;
  /** A column names the record, its image or its model. */
  readonly identified: boolean;
}

export interface AnswerRoles {
  readonly roles: readonly RoleGuess[];
  readonly undecided: readonly string[];
}

interface Candidate {
  readonly p: Profile;
  readonly as: NameClass;
  readonly weight: number;
  readonly qualifier?: string;
  readonly reason: string;
}

/** The chosen columns; `gold` or `predicted` may be missing. */
interface Choice {
  readonly gold: Candidate | null;
  readonly predicted: readonly RoleGuess[];
  readonly undecided: readonly string[];
}

/** Gold names that also stand for other things (a class number, the target object of a relation). */
const SURE_GOLD = 0.85;
/** A column of texts this many times as long as another holds the raw text of which the other is the answer. */
const LONGER = 3;

/**
 * Tells the gold answer, the raw response and the extracted answer apart. An `answer` beside a prediction is the gold; beside a
 * gold (`ground_truth`, `label`, `target`, …) it is the prediction; alone it is the gold unless a model or a verdict stands beside it.
 * Names that may mean something else are checked against the options, or against the other answers.
 */
export function resolveAnswers(columns: readonly Profile[], context: AnswerContext): AnswerRoles {
  const options = optionsByRow(context.options, context.question);
  const candidates = columns.flatMap((p) => candidatesOf(asAnswers(p, options), context));
  const of = (...classes: NameClass[]): Candidate[] =>
    candidates.filter((c) => classes.includes(c.as)).sort((a, b) => b.weight - a.weight);
  const named = of('prediction', 'response', 'extracted');
  const exact = named.filter((c) => c.qualifier === undefined);
  const answers = of('answer');
  const predicted =
    exact.length > 0 ? exact : named.length > 0 ? named : textAsPrediction(of('text'), answers, context);
  const { golds, refused } = checkGolds(of('gold'), answers, predicted, options);
  const choice = choose({ golds, answers, predicted, forms: of('goldForm'), options, context });
  const roles = [...(choice.gold === null ? [] : [guess('gold', choice.gold)]), ...choice.predicted];
  return { roles, undecided: [...choice.undecided, ...(choice.gold === null ? refused : [])] };
}

/** Scores of the options, be it a prediction's or a one-hot gold, answer with the option that leads. */
function asAnswers(p: Profile, options: readonly (readonly Option[])[]): Profile {
  const answers = namesSuggest(p.column).some((hit) => ANSWER_CLASSES.has(hit.as));
  return answers && p.letters === 0 && holdsScores(p, options) ? profile(p.column, leadersOf(p, options)) : p;
}

function guess(role: RoleName, c: Candidate, confidence = c.weight, ...more: string[]): RoleGuess {
  return { role, column: c.p.column, confidence: roundConfidence(confidence), reasons: [c.reason, ...more] };
}

const ANSWER_CLASSES = new Set<NameClass>([
  'gold',
  'goldForm',
  'answer',
  'prediction',
  'response',
  'extracted',
  'text',
]);

function candidatesOf(p: Profile, context: AnswerContext): Candidate[] {
  const reason = `the name '${p.column}'`;
  const boxes = p.texts.length > 0 && p.texts.every((text) => /^\[[\s\d.,eE+-]+\]$/.test(text));
  if (p.images >= 0.5 || boxes) return [];
  return namesSuggest(p.column).flatMap((hit): Candidate[] => {
    if (hit.as === 'text' && context.question === null) return [];
    if (ANSWER_CLASSES.has(hit.as)) return [{ ...hit, p, reason }];
    const short = p.filled > 0 && p.numeric < 0.5 && p.boolish < 0.95 && p.lists === 0;
    if (hit.as === 'verdict' && short) {
      if (/^(?:correct|right)$/i.test(p.column))
        return [{ p, as: 'gold', weight: 0.75, reason: `${reason}, which holds answers` }];
      if (/^result$/i.test(p.column))
        return [{ p, as: 'response', weight: 0.6, reason: `${reason}, which holds text` }];
    }
    if (hit.as === 'options' && short && p.offers === 0 && /^(?:choice|option)$/i.test(p.column)) {
      return [{ p, as: 'extracted', weight: 0.65, reason: `${reason}, one for each record` }];
    }
    return [];
  });
}

/** `text` is what a model wrote where the question stands in another column and nothing else could be the prediction. */
function textAsPrediction(
  texts: readonly Candidate[],
  answers: readonly Candidate[],
  context: AnswerContext,
): Candidate[] {
  const [text] = texts;
  if (text === undefined || (answers.length > 0 && !context.scored)) return [];
  return [{ ...text, as: 'prediction', reason: `${text.reason} beside a question` }];
}

/** Drops gold names whose values are no answers: an object's name, a class number. A sure name stays whatever it holds. */
function checkGolds(
  golds: readonly Candidate[],
  answers: readonly Candidate[],
  predicted: readonly Candidate[],
  options: readonly (readonly Option[])[],
): { golds: Candidate[]; refused: string[] } {
  const others = (predicted.length > 0 ? predicted : answers).map((c) => c.p);
  const fits = new Map(
    [...golds, ...answers].map((c) => [
      c,
      affinity(
        c.p,
        options,
        others.filter((p) => p !== c.p),
      ),
    ]),
  );
  const rivalled = [...fits.values()].some((fit) => fit !== null && fit >= 0.6);
  const refused: string[] = [];
  const kept = golds.flatMap((c): Candidate[] => {
    const fit = fits.get(c) ?? null;
    if (c.weight >= SURE_GOLD || fit === null || fit >= 0.2 || c.p.filled < 3) return [c];
    const classNumber = c.p.integers >= 0.95 && others.every((p) => p.texts.every((text) => !/\d/.test(text)));
    if (!rivalled && !classNumber && answers.length === 0) return [c];
    refused.push(`'${c.p.column}' could be the right answer by its name, but its values are not among the answers`);
    return [];
  });
  return { golds: kept, refused };
}

interface Field {
  readonly golds: readonly Candidate[];
  readonly answers: readonly Candidate[];
  readonly predicted: readonly Candidate[];
  readonly forms: readonly Candidate[];
  readonly options: readonly (readonly Option[])[];
  readonly context: AnswerContext;
}

function choose(field: Field): Choice {
  const { golds, answers, predicted, forms, context, options } = field;
  const { gold, undecided } = bestGold(golds, options);
  const [answer] = answers;
  if (answer === undefined) {
    const chosen = gold ?? forms[0] ?? null;
    const pair = pairOf(predicted, context, chosen !== null);
    return { gold: chosen, predicted: pair.roles, undecided: [...undecided, ...pair.undecided] };
  }
  if (predicted.length > 0) return answerBesidePrediction(field, answer, gold, undecided);
  if (gold !== null) {
    if (sameAnswers(gold.p, answer.p, options)) {
      return { gold: gold.weight >= SURE_GOLD ? gold : answer, predicted: [], undecided };
    }
    return { gold, predicted: [guess('prediction', answer, 0.8, `beside '${gold.p.column}'`)], undecided };
  }
  if (context.scored) {
    return {
      gold: null,
      predicted: [guess('prediction', answer, 0.62, 'beside a model, a verdict or a confidence')],
      undecided,
    };
  }
  return { gold: answer, predicted: [], undecided };
}

function answerBesidePrediction(
  field: Field,
  answer: Candidate,
  gold: Candidate | null,
  undecided: readonly string[],
): Choice {
  const { predicted, context, options } = field;
  const pair = pairOf(predicted, context, true);
  const result = (chosen: Candidate, roles: readonly RoleGuess[]): Choice => ({
    gold: chosen,
    predicted: roles,
    undecided: [...undecided, ...pair.undecided],
  });
  if (gold === null)
    return result({ ...answer, weight: 0.88, reason: `${answer.reason} beside a prediction` }, pair.roles);
  if (sameAnswers(gold.p, answer.p, options)) return result(gold.weight >= SURE_GOLD ? gold : answer, pair.roles);
  const [single] = predicted;
  const alone = pair.roles.length === 1 && single !== undefined;
  const wordy = answer.p.meanLength >= LONGER * Math.max(1, gold.p.meanLength) && answer.p.meanWords > 4;
  if (gold.weight < SURE_GOLD && !wordy) return result({ ...answer, weight: 0.85 }, pair.roles);
  if (alone && wordy && single.p.meanLength * LONGER <= answer.p.meanLength) {
    return result(gold, [
      guess('response', answer, 0.65, 'the longer text'),
      guess('extracted', single, 0.65, 'the shorter text'),
    ]);
  }
  if (alone && single.p.meanWords > 4 && answer.p.meanLength * LONGER <= single.p.meanLength) {
    return result(gold, [
      guess('response', single, 0.65, 'the longer text'),
      guess('extracted', answer, 0.65, 'the shorter text'),
    ]);
  }
  return result(gold, pair.roles);
}

/** Two sure names that disagree are not chosen between. */
function bestGold(
  golds: readonly Candidate[],
  options: readonly (readonly Option[])[],
): { gold: Candidate | null; undecided: string[] } {
  const [first, second] = golds;
  if (first === undefined) return { gold: null, undecided: [] };
  const rival =
    second !== undefined && first.weight - second.weight < 0.04 && second.p.filled > 0 && first.p.filled > 0;
  if (!rival || sameAnswers(first.p, second.p, options)) return { gold: first, undecided: [] };
  const undecided = [`which is the right answer: '${first.p.column}' or '${second.p.column}'`];
  return { gold: { ...first, weight: 0.45 }, undecided };
}

/** One prediction column, or the raw text and the answer read from it. */
function pairOf(
  predicted: readonly Candidate[],
  context: AnswerContext,
  hasGold: boolean,
): { roles: RoleGuess[]; undecided: string[] } {
  const first = (as: NameClass): Candidate | undefined => predicted.find((c) => c.as === as);
  const owners = new Set(predicted.map((c) => c.qualifier ?? ''));
  const [single] = predicted;
  if (single === undefined) return { roles: [], undecided: [] };
  if (owners.size > 1)
    return ambiguous(predicted, 'one file, several prediction columns: map them to one run at a time');
  const [extracted, prediction, response] = [first('extracted'), first('prediction'), first('response')];
  const raw = response ?? prediction;
  if (extracted !== undefined && raw !== undefined) return paired(raw, extracted);
  if (prediction !== undefined && response !== undefined) {
    const swapped =
      prediction.p.meanWords > 3 && prediction.p.meanLength > 2 * response.p.meanLength && response.p.filled > 0;
    return swapped ? paired(prediction, response) : paired(response, prediction);
  }
  const rivals = predicted.filter((c) => c.as === single.as && (c.p.filled > 0 || single.p.filled === 0));
  if (rivals.length > 1 && single.as !== 'extracted') return byLength(rivals);
  return alone(single, context, hasGold);
}

function paired(raw: Candidate, parsed: Candidate): { roles: RoleGuess[]; undecided: string[] } {
  return {
    roles: [
      guess('response', raw, raw.weight, `beside '${parsed.p.column}'`),
      guess('extracted', parsed, parsed.weight, `beside '${raw.p.column}'`),
    ],
    undecided: [],
  };
}

function byLength(rivals: readonly Candidate[]): { roles: RoleGuess[]; undecided: string[] } {
  const sorted = [...rivals].sort((a, b) => a.p.meanLength - b.p.meanLength);
  const [shortest, longest] = [sorted[0], sorted.at(-1)];
  if (shortest === undefined || longest === undefined) return { roles: [], undecided: [] };
  const apart =
    sorted.length === 2 &&
    longest.p.meanLength >= LONGER * Math.max(1, shortest.p.meanLength) &&
    shortest.p.meanWords <= 3;
  if (!apart) return ambiguous(rivals, "keep the one that is the model's answer");
  return {
    roles: [guess('response', longest, 0.7, 'the longer text'), guess('extracted', shortest, 0.7, 'the shorter text')],
    undecided: [],
  };
}

function ambiguous(rivals: readonly Candidate[], hint: string): { roles: RoleGuess[]; undecided: string[] } {
  const columns = rivals.map((c) => `'${c.p.column}'`).join(', ');
  const [first] = rivals;
  return {
    roles:
      first === undefined
        ? []
        : [guess('prediction', first, 0.4, `as likely as ${String(rivals.length - 1)} other column(s)`)],
    undecided: [`which is the prediction: ${columns} (${hint})`],
  };
}

/** Instruction and output with nothing beside them are as well a training set, whose outputs are right by definition. */
function alone(
  single: Candidate,
  context: AnswerContext,
  hasGold: boolean,
): { roles: RoleGuess[]; undecided: string[] } {
  const prompted =
    context.question !== null && /^(?:instruction|prompt|input|problem|text)$/i.test(context.question.column);
  if (single.as === 'response' && prompted && !hasGold && !context.identified) {
    return {
      roles: [guess('prediction', single, 0.45)],
      undecided: [`whether '${single.p.column}' is a model's answer or the reference of a training set`],
    };
  }
  return { roles: [guess('prediction', single)], undecided: [] };
}
