import type { Random } from './random.js';
import { nameOf, type Scene, type Thing } from './scene.js';

/** What an option says, and what the models answer. */
export type Relation = 'left' | 'right' | 'above' | 'below' | 'front' | 'behind';

export type Kind = 'where' | 'choice' | 'depth';

/** One question of the benchmark; `gold` is one of its options. */
export interface Question {
  readonly image: string;
  readonly kind: Kind;
  readonly text: string;
  /** The same question in words that no model was trained on. */
  readonly reworded: string;
  readonly options: readonly Relation[];
  readonly gold: Relation;
  readonly subject: Thing;
  readonly reference: Thing;
}

/** {a} and {b} are what the question is about; {one} and {other} the two that a choice is between. As trained (scripts/train/questions.py). */
const TRAINED = {
  where: [
    'Where is {a} relative to {b}?',
    'Where is {a} compared to {b}?',
    'What is the position of {a} with respect to {b}?',
    'How is {a} positioned relative to {b}?',
  ],
  choice: ['Is {a} {one} or {other} of {b}?', 'Relative to {b}, is {a} {one} or {other}?'],
  depth: ['Is {a} {one} or {other} compared to {b}?', 'Relative to {b}, is {a} {one} or {other}?'],
} as const satisfies Record<Kind, readonly string[]>;

/** Kept out of training; each of their words was in it. */
const REWORDED = {
  where: [
    '{a} is where relative to {b}?',
    'What is the position of {a} relative to {b}?',
    'With respect to {b}, where is {a} positioned?',
    'Where can {a} be found compared to {b}?',
  ],
  choice: ['Compared to {b}, is {a} {one} or {other}?', 'Relative to {b}, {a} is {one} or {other}?'],
  depth: ['Compared to {b}, is {a} {one} or {other}?', 'Relative to {b}, {a} is {one} or {other}?'],
} as const satisfies Record<Kind, readonly string[]>;

const SIDES: Readonly<Record<Relation, string>> = {
  ...{ left: 'to the left', right: 'to the right', above: 'above', below: 'below' },
  ...{ front: 'in front', behind: 'behind' },
};

/** Along an axis, centres are at least this far apart to be asked for; and in "where" that much farther than along the other, and … */
const APART = 8;
/** … as many times as far. */
const DOMINANT = 1.5;
/** Questions of a scene, at most. */
const MOST = 4;

/** The word with left and right exchanged; null for the others. */
export function mirrored(relation: Relation): Relation | null {
  return relation === 'left' ? 'right' : relation === 'right' ? 'left' : null;
}

/** Where one thing is relative to another along the two axes of the picture. */
export function sidesOf(subject: Thing, reference: Thing): { across: Relation; down: Relation } {
  return {
    across: subject.x < reference.x ? 'left' : 'right',
    down: subject.y < reference.y ? 'above' : 'below',
  };
}

/** The direction along whose axis two things are clearly farther apart than along the other; null where there is none. */
export function dominantSide(subject: Thing, reference: Thing): Relation | null {
  const [x, y] = [Math.abs(subject.x - reference.x), Math.abs(subject.y - reference.y)];
  const [far, near] = [Math.max(x, y), Math.min(x, y)];
  if (far - near < APART || far < DOMINANT * near) return null;
  const { across, down } = sidesOf(subject, reference);
  return x > y ? across : down;
}

interface Draft {
  readonly kind: Kind;
  readonly gold: Relation;
  readonly options: readonly Relation[];
  /** What the words of the question offer. */
  readonly offered: readonly Relation[];
}

/** The questions about a scene whose texts are not among those `taken`, four at most; adds their texts to these. */
export function questionsOf(
  random: Random,
  { scene, image }: { scene: Scene; image: string },
  taken: Set<string>,
): Question[] {
  const { things, overlap } = scene;
  const pairs = things.flatMap((one, at) => things.slice(at + 1).map((other): [Thing, Thing] => [one, other]));
  const questions: Question[] = [];
  for (const [at, pair] of pairs.entries()) {
    const [subject, reference] = random.shuffle(pair) as [Thing, Thing];
    const isOverlap = overlap && at === 0;
    const drafts = isOverlap
      ? [depthDraft(scene, subject, reference), choiceDraft(random, subject, reference)]
      : [random.pick([whereDraft, choiceDraft])(random, subject, reference)];
    for (const draft of drafts) {
      if (draft === null || questions.length === MOST) continue;
      const question = worded(random, draft, { subject, reference, image });
      if (taken.has(question.text) || taken.has(question.reworded)) continue;
      taken.add(question.text).add(question.reworded);
      questions.push(question);
    }
  }
  return questions;
}

const PLANE: readonly Relation[] = ['left', 'right', 'above', 'below'];

function whereDraft(_: Random, subject: Thing, reference: Thing): Draft | null {
  const gold = dominantSide(subject, reference);
  return gold === null ? null : { kind: 'where', gold, options: PLANE, offered: [] };
}

/** Left or right, twice as often as above or below: it is what the study is about. */
function choiceDraft(random: Random, subject: Thing, reference: Thing): Draft | null {
  const { across, down } = sidesOf(subject, reference);
  const isAcross = random.next() < 2 / 3;
  const apart = isAcross ? Math.abs(subject.x - reference.x) : Math.abs(subject.y - reference.y);
  if (apart < APART) return null;
  const offered: readonly Relation[] = isAcross ? ['left', 'right'] : ['above', 'below'];
  return { kind: 'choice', gold: isAcross ? across : down, options: PLANE, offered };
}

/** Which of two things that overlap covers the other. The other options are sides on which the thing is not. */
function depthDraft({ things }: Scene, subject: Thing, reference: Thing): Draft {
  const { across, down } = sidesOf(subject, reference);
  const wrong: Relation[] = [across === 'left' ? 'right' : 'left', down === 'above' ? 'below' : 'above'];
  const gold = subject === things[1] ? 'front' : 'behind';
  return { kind: 'depth', gold, options: ['front', 'behind', ...wrong], offered: ['front', 'behind'] };
}

function worded(
  random: Random,
  { kind, gold, options, offered }: Draft,
  { subject, reference, image }: Pick<Question, 'subject' | 'reference' | 'image'>,
): Question {
  const [one, other] = random.shuffle(offered).map((relation) => SIDES[relation]);
  const fill = (template: string): string => {
    const text = template
      .replace('{a}', `the ${nameOf(subject)}`)
      .replace('{b}', `the ${nameOf(reference)}`)
      .replace('{one}', one ?? '')
      .replace('{other}', other ?? '');
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const texts = { text: fill(random.pick<string>(TRAINED[kind])), reworded: fill(random.pick<string>(REWORDED[kind])) };
  return { image, kind, ...texts, options: random.shuffle(options), gold, subject, reference };
}
