import type { Option } from '../model.js';
import { OptionTexts } from './optionTexts.js';

/** The options of an item, prepared for matching. Items of a benchmark share few distinct lists, so these are kept. */
export interface OptionSet {
  readonly options: readonly Option[];
  /** Upper-case label to option. Empty where options carry no labels. */
  readonly labels: ReadonlyMap<string, number>;
  /** True where every label is a letter, so that another single letter is one that was not offered. */
  readonly lettered: boolean;
  readonly numbered: boolean;
  /** No options are known: any letter is an answer. */
  readonly unknown: boolean;
  /** Options by their text, as `compact` gives it. Several where a text is offered twice. */
  readonly exact: ReadonlyMap<string, readonly number[]>;
  /** Options by other ways of saying their text ("left" for "To the left"), where only one option claims it. */
  readonly forms: ReadonlyMap<string, readonly number[]>;
  /** Finds option texts as whole words, longest first. */
  readonly texts: OptionTexts;
}

const CACHE_LIMIT = 10_000;
const cache = new Map<string, OptionSet>();

/** A string that is equal for equal lists of options. */
export function optionKey(options: readonly Option[]): string {
  let key = '';
  for (const option of options) key += `${option.label ?? '\u0002'}\u0001${option.text.length}\u0001${option.text}`;
  return key;
}

/** The prepared form of a list of options. At most 10,000 distinct lists are remembered; then memory starts afresh. */
export function optionSet(options: readonly Option[]): OptionSet {
  const key = optionKey(options);
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (cache.size >= CACHE_LIMIT) cache.clear();
  const made = prepare(options);
  cache.set(key, made);
  return made;
}

const SEPARATORS = /[\s\-_/]+/u;
const OUTER_PUNCTUATION = /^[\s"'“”‘’`*()[\]{}<>.,;:!?。，、$\\#-]+|[\s"'“”‘’`*()[\]{}<>.,;:!?。，、$\\#-]+$/gu;
/** Words that say where a direction applies and not which direction it is. */
const FILLERS = new Set(
  "to on at in from of the a an is are it its it's your his her their my side sides hand towards toward far immediate directly".split(
    ' ',
  ),
);

const knownWords = new Map<string, readonly string[]>();
const KNOWN_LIMIT = 20_000;

/** The words of a short text. The same few option texts are asked for again and again, so their words are remembered. */
function words(text: string): readonly string[] {
  const remembered = knownWords.get(text);
  if (remembered !== undefined) return remembered;
  const inner = text.toLowerCase().replaceAll('’', "'").replace(OUTER_PUNCTUATION, '');
  const found = (inner === '' ? text.trim().toLowerCase() : inner).split(SEPARATORS).filter((word) => word !== '');
  if (text.length > 60) return found;
  if (knownWords.size >= KNOWN_LIMIT) knownWords.clear();
  knownWords.set(text, found);
  return found;
}

/** A text reduced to what identifies it: lower case, without outer punctuation, spaces, hyphens and underscores. */
export function compact(text: string): string {
  return words(text).join('');
}

/** The same without "to the … side of" and the like; a text made of such words only is kept. */
export function bare(text: string): string {
  const all = words(text);
  const kept = all.filter((word) => !FILLERS.has(word));
  return (kept.length > 0 ? kept : all).join('');
}

/** Words of a direction in alphabetical order, so that "left-front" is "front-left". */
export function unordered(text: string): string {
  return words(text)
    .filter((word) => !FILLERS.has(word) && word !== 'and')
    .sort()
    .join(' ');
}

/** The options that a whole text names: by its own words, else by an equivalent form. */
export function namedBy(set: OptionSet, text: string): readonly number[] {
  return set.exact.get(compact(text)) ?? set.forms.get(bare(text)) ?? [];
}

function prepare(options: readonly Option[]): OptionSet {
  const labels = new Map<string, number>();
  const exact = new Map<string, number[]>();
  options.forEach((option, index) => {
    const label = option.label?.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase() ?? '';
    if (label !== '' && !labels.has(label)) labels.set(label, index);
    add(exact, compact(option.text), index);
  });
  const searched = new Set<string>();
  for (const text of options.flatMap((option) => wordings(option.text))) {
    searched.add(words(text).join(' '));
    const short = words(text).filter((word) => !FILLERS.has(word));
    if (short.length > 0) searched.add(short.join(' '));
  }
  const all = [...labels.keys()];
  return {
    options,
    labels,
    lettered: all.length > 0 && all.every((label) => /^[A-Z]$/.test(label)),
    numbered: all.length > 0 && all.every((label) => /^\d+$/.test(label)),
    unknown: options.length === 0,
    exact,
    forms: equivalentForms(options, exact),
    texts: new OptionTexts(searched),
  };
}

function add(map: Map<string, number[]>, key: string, index: number): void {
  if (key === '') return;
  const list = map.get(key);
  if (list === undefined) map.set(key, [index]);
  else if (!list.includes(index)) list.push(index);
}

/** The text, and each side of a slash ("on/above") where there is one. */
function wordings(text: string): string[] {
  return text.includes('/') ? [text, ...text.split('/')] : [text];
}

/** Forms claimed by two options, or that are another option's own text, would decide nothing and are left out. */
function equivalentForms(options: readonly Option[], exact: ReadonlyMap<string, number[]>): Map<string, number[]> {
  const claims = new Map<string, number[]>();
  options.forEach((option, index) => {
    const own = words(option.text);
    for (const text of wordings(option.text)) add(claims, bare(text), index);
    const onTop = own.includes('on') && own.includes('top');
    if (onTop || compact(option.text) === 'on') for (const form of ['on', 'top', 'ontop']) add(claims, form, index);
  });
  const twins = (list: readonly number[]): boolean =>
    new Set(list.map((i) => compact(options[i]?.text ?? ''))).size === 1;
  const forms = new Map<string, number[]>();
  for (const [form, list] of claims) if (!exact.has(form) && twins(list)) forms.set(form, list);
  return forms;
}
