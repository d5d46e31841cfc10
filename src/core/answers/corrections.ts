import type { Span } from './rule.js';
import { contents, sentenceEnd, statedAnswers } from './statements.js';

/**
 * Where a response states an answer, and how sure it is that it does: `stated` announces it ("the answer is"),
 * `corrected` takes back what came before ("no, wait"), `revised` may do so ("actually", "I mean", "but") and counts
 * only where nothing but an answer follows.
 */
export interface Statement extends Span {
  readonly how: 'stated' | 'corrected' | 'revised';
}

const PAUSE = '[\\s,.:;!…—–-]{0,6}';
const GAP = '\\s{1,3}';

const CORRECTED = new RegExp(
  `\\b(?:${[
    `no[,.!…—–-]{0,3}${GAP}(?:no[,.!…]{0,3}${GAP})?(?:wait|hold${GAP}on)`,
    `scratch${GAP}(?:that|this)`,
    `on${GAP}second${GAP}thoughts?`,
    `let${GAP}me${GAP}correct${GAP}(?:that|this|myself)`,
    `I${GAP}(?:stand${GAP}corrected|was${GAP}wrong|take${GAP}(?:that|it)${GAP}back)`,
    'correction(?=\\s{0,3}[:：])',
  ].join('|')})\\b${PAUSE}`,
  'gi',
);

const APOLOGY = `(?:sorry|apologies|apologi[sz]e)(?:${GAP}(?:for|about)${GAP}(?:\\w{1,16}${GAP}){0,3}\\w{1,16})?(?=\\s{0,3}[,.:;!—–-])`;
const REVISED = new RegExp(`\\b(?:wait|actually|I${GAP}mean|rather|but|${APOLOGY})\\b${PAUSE}`, 'gi');
/** Each begins a clause; "it is not actually true" corrects nothing. */
const CLAUSE_BEFORE = /(?:^|[.,;:!?…\n(>—–]|\b(?:no|wait|and|or|I|I['’]m|am|my)\b)[\s"'*-]{0,3}$/iu;
const NO_CONTRAST = /\b(?:all|any|none|nothing|anything|everything|nowhere|anywhere|everywhere)\s{1,3}$/iu;

function revises(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 14), start);
  return /but/iuy.test(text.slice(start, start + 3)) ? !NO_CONTRAST.test(before) : CLAUSE_BEFORE.test(before);
}

/**
 * The places where a response states its answer, last first: a later statement replaces an earlier one. Linear. Mostly the
 * last one is read and the rest never asked for; only then is what stands before it searched for corrections.
 */
export function* statements(text: string, range: Span, unfinished: boolean): Generator<Statement> {
  const stated = statedAnswers(text, range).map((span) => ({ ...span, how: 'stated' as const }));
  const last = stated[0];
  if (unfinished || last === undefined) yield* unfinished ? stated : corrections(text, range);
  else {
    yield* corrections(text, { start: last.start, end: range.end });
    yield last;
    const earlier = [...stated.slice(1), ...corrections(text, { start: range.start, end: last.start })];
    yield* earlier.sort((one, other) => other.start - one.start);
  }
}

/** Last first. */
function corrections(text: string, range: Span): Statement[] {
  const corrected = contents(text, range, CORRECTED).map((span) => ({
    ...firstSentence(text, span),
    how: 'corrected' as const,
  }));
  const revised = contents(text, range, REVISED, revises).map((span) => ({
    ...withoutLeadIn(text, firstSentence(text, span)),
    how: 'revised' as const,
  }));
  const answers = [...corrected, ...revised].filter((one) => text[one.end - 1] !== '?');
  return answers.sort((one, other) => other.start - one.start);
}

function firstSentence(text: string, span: Span): Span {
  return { start: span.start, end: sentenceEnd(text, span.start, span.end) };
}

const LEAD_IN = new RegExp(
  `^(?:[\\s,;:"'*—–-]{0,3}(?:I(?:['’]d|['’]ll|${GAP}would|${GAP}will)?${GAP}(?:think|believe|say|choose|pick|select|go${GAP}with|lean${GAP}(?:to|towards?)|answer)|it(?:['’]s|${GAP}(?:is|was|must${GAP}be|should${GAP}be))|that(?:['’]s|${GAP}is)|make${GAP}(?:it|that)|actually|(?:(?:more|most)${GAP})?(?:likely|probably))\\b){1,4}[\\s,:]{0,3}`,
  'i',
);

function withoutLeadIn(text: string, span: Span): Span {
  const lead = LEAD_IN.exec(text.slice(span.start, Math.min(span.end, span.start + 80)));
  return lead === null ? span : { start: Math.min(span.start + lead[0].length, span.end), end: span.end };
}

const CLOSED =
  /^["'”’*_`)\]}$>]{0,3}(?:\s{0,3}(?:$|[.,;:!?\n—–])|\s{1,3}(?:because|since|as|instead|(?:is|would\s{1,3}be|seems)\s{1,3}(?:the\s{1,3})?(?:correct|right|best|better|more\s{1,3}likely|most\s{1,3}likely))\b)/iu;

/** True where an answer that ends at `at` is all that its clause says: "A.", "A because …", not "A is where the chair is". */
export function closesClause(text: string, at: number, to: number): boolean {
  return CLOSED.test(text.slice(at, Math.min(to, at + 32)));
}
