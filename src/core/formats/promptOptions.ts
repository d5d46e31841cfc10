import type { Option } from '../model.js';

/** A prompt taken apart: the question without its printed options and answer instructions, and the options as printed. */
export interface SplitPrompt {
  readonly question: string;
  /** In printed order, each with its own label; empty when the prompt prints none. */
  readonly options: Option[];
}

/** A place in the text that could be the label of an option: "A.", "(A)", "A)", "A:" and the like. */
interface Label {
  readonly style: Style;
  readonly letter: string;
  /** Offset of the first character that belongs to the label, and of the first one after it. */
  readonly start: number;
  readonly end: number;
  /** The label stands at the start of a line, or is glued to the punctuation that ends the question ("…lamp?A. left"). */
  readonly leads: boolean;
}

/** Labels of one style that together read A, B, … in some order. */
interface Run {
  readonly labels: readonly Label[];
  readonly alphabetical: boolean;
}

/**
 * A capital letter marked as a label in one of the styles, or a small one in parentheses: "(a) left (b) right". A prompt's options are
 * all of one style.
 */
const LABEL =
  /(?<open>\()?(?<letter>[A-Z])(?<mark>\)[.:]?|\.(?!\.|\p{Lu}(?!\p{Ll}))|[ \t]?[:：])|\((?<small>[a-z])\)[.:]?/gu;
/** The label that every run has. Most texts have none, and are done with. */
const FIRST_LABEL = /A[ \t]?[).:：]|\(a\)/u;
const STYLES = ['()', ')', '.', ':', '(a)'] as const;
type Style = (typeof STYLES)[number];

/** What may come right before a label: the text's start, white space, or the end of a question with no space after it. */
const BEFORE = /(?:^|\s|[?？。!:;,)\]"'”’…]|[\p{Ll}\d]\.)$/u;
/** "Option A: left": the noun belongs to the label. */
const NOUN = /\b(?:Option|Choice)\s{1,4}$/u;
/** The start of a line, and the list marker that it may have. */
const LINE_START = /(?:^|(?<=\n))[ \t>*•-]*$/u;
/** How far back a label's surroundings are looked at. */
const LOOK_BACK = 32;

/** Where answer instructions or a chat template's next turn begin, after the last option. */
const INSTRUCTION = new RegExp(
  String.raw`(?:(?<=[.;!?,\n])\s{0,8}(?:And\s)?(?:Reply|Answer|Please|Respond|Choose|Select|Pick|Output|Your (?:answer|response)|` +
    String.raw`Give|Provide|Think|Return|Do not|Don't|Just|Only|Explain|Let's|The (?:correct )?answer|Directly|Write|State|Hint)\b` +
    String.raw`|\s(?:Answer|Response)\s*:|\s(?:ASSISTANT|Assistant|USER)\s*:|</s>|<\|im_end\|>)`,
  'u',
);

/** Phrases that announce the options and are no part of the question. */
const LEAD_IN =
  /(?:^|(?<=[\s.?!:;,)"'”’]))(?:(?:please\s+)?(?:choose|select|pick|answer with)\b[^\n.?!:]{0,80}[:.]|(?:here are the |the |possible |answer |available )*(?:options|choices)(?: are)?\s*:)\s*$/iu;

const LONGEST_LEAD_IN = 160;

/** "…one of: x, y, or z" and "Options: x, y": options printed without labels. */
const UNLABELLED =
  /(?:\bone of(?: the following)?(?: (?:options|choices|words|answers|labels|relations))?|\b(?:options|choices)(?: are)?|\b(?:choose|select|pick) from(?: the following)?(?: (?:options|choices))?)[ \t]*:\s*([^\n]+)/giu;

/** Longer pieces than this are sentences, not options of an unlabelled list. */
const LONGEST_UNLABELLED = 60;

/**
 * Takes apart a prompt that prints its options: with or without separators, in any label order, followed or not by
 * instructions. Options are mapped by the label printed before them, never by position, and keep the printed order.
 *
 * Labels must be two or more letters that read A, B, … in some order, in one style; each needs a text. Otherwise an
 * unlabelled list ("exactly one of: x, y, or z") is looked for. Where neither is found, `options` is empty and the
 * question is the whole prompt. Never throws.
 */
export function splitPrompt(prompt: string): SplitPrompt {
  const run = bestRun(prompt);
  if (run !== null) return splitAtLabels(prompt, run.labels);
  return splitUnlabelled(prompt) ?? { question: withoutPlaceholder(prompt), options: [] };
}

/** The most complete run of labels over all styles; of equals the last, since examples come before the question asked. */
function bestRun(prompt: string): Run | null {
  if (!FIRST_LABEL.test(prompt)) return null;
  const found = findLabels(prompt);
  let best: Run | null = null;
  for (const style of STYLES) {
    const labels = found.filter((label) => label.style === style);
    const leading = longestRun(
      prompt,
      labels.filter((label) => label.leads),
    );
    const any = longestRun(prompt, labels);
    // Letters in the middle of a line may belong to an option's own text ("A. vitamin C. deficiency"), so labels that
    // lead their lines win, unless the others only continue the alphabet.
    const run = leading === null || (any !== null && any.alphabetical && size(any) > size(leading)) ? any : leading;
    if (run !== null && isBetter(run, best)) best = run;
  }
  return best;
}

function findLabels(prompt: string): Label[] {
  const labels: Label[] = [];
  for (const match of prompt.matchAll(LABEL)) {
    const { open, small, mark = '' } = match.groups ?? {};
    const letter = small?.toUpperCase() ?? match.groups?.['letter'] ?? '';
    const style = small === undefined ? styleOf(open !== undefined, mark) : '(a)';
    if (style === null) continue;
    const end = match.index + match[0].length;
    const around = prompt.slice(Math.max(0, match.index - LOOK_BACK), match.index);
    const before = style === '()' || style === '(a)' ? around : around.replace(NOUN, '');
    if (!BEFORE.test(before)) continue;
    const start = match.index - around.length + before.length;
    const marker = LINE_START.exec(before)?.[0];
    labels.push(
      marker === undefined
        ? { style, letter, start, end, leads: /[?？.]$/u.test(before) }
        : { style, letter, start: start - marker.length, end, leads: true },
    );
  }
  return labels;
}

function styleOf(open: boolean, mark: string): Style | null {
  const closed = mark.startsWith(')');
  if (open || closed) return closed ? (open ? '()' : ')') : null;
  return mark === '.' ? '.' : ':';
}

function longestRun(prompt: string, labels: readonly Label[]): Run | null {
  let best: Run | null = null;
  for (let from = 0; from < labels.length; from++) {
    const seen = new Set<string>();
    let last = 'A';
    for (let to = from; to < labels.length; to++) {
      const letter = labels[to]?.letter ?? '';
      if (seen.has(letter)) break;
      seen.add(letter);
      if (letter > last) last = letter;
      // Letters that are all different read A, B, … in some order when the last of them is as far on as there are letters.
      if (seen.size < 2 || letterAt(seen.size - 1) !== last) continue;
      const window = labels.slice(from, to + 1);
      const run = { labels: window, alphabetical: window.every((label, i) => label.letter === letterAt(i)) };
      if (isBetter(run, best) && everyLabelHasText(prompt, window, labels[to + 1])) best = run;
    }
  }
  return best;
}

function isBetter(run: Run, best: Run | null): boolean {
  if (best === null || size(run) !== size(best)) return best === null || size(run) > size(best);
  return run.alphabetical || !best.alphabetical;
}

function size(run: Run): number {
  return run.labels.length;
}

function letterAt(index: number): string {
  return String.fromCharCode(65 + index);
}

function everyLabelHasText(prompt: string, labels: readonly Label[], following: Label | undefined): boolean {
  return labels.every((label, i) => {
    const text = prompt.slice(label.end, (labels[i + 1] ?? following)?.start ?? prompt.length);
    // "Answer with (A) or (B)" names labels; it offers nothing.
    return /[\p{L}\p{N}\p{S}]/u.test(text) && !/^\s*,?\s*(?:or|and)\s*$/iu.test(text);
  });
}

function splitAtLabels(prompt: string, labels: readonly Label[]): SplitPrompt {
  const first = labels[0];
  const last = labels.at(-1);
  if (first === undefined || last === undefined) return { question: withoutPlaceholder(prompt), options: [] };
  const onLines = labels.slice(1).every((label) => label.leads);
  const texts = labels.slice(0, -1).map((label, i) => {
    const text = prompt.slice(label.end, labels[i + 1]?.start).trim();
    return onLines ? text : withoutSeparator(text);
  });
  const multiLine = onLines && texts.some((text) => text.includes('\n'));
  const length = lengthOfLast(prompt.slice(last.end), multiLine);
  const lastText = prompt.slice(last.end, last.end + length).trim();
  // A list inside a sentence ends with the sentence's own full stop.
  const sentence = !onLines && texts.every((text) => !text.endsWith('.'));
  texts.push(sentence ? lastText.replace(/[.,;?]$/u, '').trim() : lastText);
  const head = withoutLeadIn(prompt.slice(0, first.start));
  return {
    question: head === '' ? questionElsewhere(prompt, first.start, last.end + length) : head,
    options: labels.map((label, i) => ({ label: label.letter, text: texts[i] ?? '' })),
  };
}

function withoutSeparator(text: string): string {
  return text
    .replace(/(?<=[,;\s])(?:or|and)$/iu, '')
    .trim()
    .replace(/[,;|/]$/u, '')
    .trim();
}

/** Length of the last option's text within `rest`: to the end of its line (or paragraph), or to the first instruction. */
function lengthOfLast(rest: string, multiLine: boolean): number {
  const begin = rest.search(/\S/u);
  if (begin < 0) return 0;
  const body = rest.slice(begin);
  const newline = body.search(multiLine ? /\n[ \t\r]{0,80}\n/u : /\n/u);
  const instruction = body.slice(1).search(INSTRUCTION);
  const ends = [newline, instruction < 0 ? -1 : instruction + 1, body.length].filter((end) => end >= 0);
  return begin + Math.min(...ends);
}

const HEADING = /^(?:[^\n]*\b)?(?:options|choices)(?: are)?\s*:$/iu;

/**
 * The question where nothing but an announcement stands before the options: behind them; else it is the announcement itself
 * ("Choose what is left of the cup: A. …"), unless that is a mere heading; else the whole prompt, so that it is never lost.
 */
function questionElsewhere(prompt: string, start: number, end: number): string {
  const rest = prompt.slice(end);
  const asked = /^\s*(?:Question\s*:\s*)?([^\n]*\?)/iu.exec(rest)?.[1]?.trim() ?? '';
  if (asked !== '') return asked;
  const before = withoutPlaceholder(prompt.slice(0, start));
  if (before !== '' && !HEADING.test(before)) return before;
  const after = INSTRUCTION.test(`\n${rest.trimStart()}`) ? '' : rest.trim();
  return [after, withoutPlaceholder(prompt), prompt.trim()].find((text) => text !== '') ?? '';
}

function splitUnlabelled(prompt: string): SplitPrompt | null {
  // Most texts announce nothing, and to look for each announcement takes a hundred times as long.
  if (!prompt.includes(':')) return null;
  let found: SplitPrompt | null = null;
  for (const match of prompt.matchAll(UNLABELLED)) {
    const list = match[1] ?? '';
    const end = list.search(/[.!?](?:\s|$)/u);
    const texts = (end < 0 ? list : list.slice(0, end))
      .replace(/^\s*[[({]|[\])}]\s*$/gu, '')
      .split(/[,;|](?:\s{0,8}(?:or|and)\s)?|\sor\s/iu)
      .map((text) => text.trim().replace(/^(["'`“‘])(.*)["'`”’]$/su, '$2'))
      .filter((text) => text !== '');
    if (texts.length < 2 || texts.some((text) => text.length > LONGEST_UNLABELLED)) continue;
    const before = prompt.slice(0, match.index);
    const sentence = Math.max(...['\n', '.', '?', '!'].map((mark) => before.lastIndexOf(mark))) + 1;
    // The list may stand in the only sentence there is.
    const asked = [withoutLeadIn(before.slice(0, sentence)), withoutLeadIn(before), withoutPlaceholder(prompt)];
    found = {
      question: asked.find((text) => text !== '') ?? prompt.trim(),
      options: texts.map((text) => ({ label: null, text })),
    };
  }
  return found;
}

function withoutLeadIn(text: string): string {
  const question = withoutPlaceholder(text);
  const leadIn = LEAD_IN.exec(question.slice(-LONGEST_LEAD_IN))?.[0] ?? '';
  return question.slice(0, question.length - leadIn.length).trim();
}

/** Without the token that stands for the image in some models' prompts. */
function withoutPlaceholder(text: string): string {
  return text.replace(/^(?:\s{0,8}<image(?:[ _]?\d{1,3})?>)+/iu, '').trim();
}
