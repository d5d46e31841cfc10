import type { Random } from './random.js';
import { nameOf, type Scene, type Thing } from './scene.js';

/** One question of the benchmark; `options` are words without letters, `gold` is one of them. */
export interface Question {
  readonly task: string;
  readonly image: string;
  readonly text: string;
  readonly options: readonly string[];
  readonly gold: string;
}

/** Starting straight ahead, clockwise as seen from above. */
const AROUND = ['front', 'front-right', 'right', 'back-right', 'back', 'back-left', 'left', 'front-left'] as const;
const WORDS = [...AROUND, 'above', 'below'] as const;
const OPTIONS = 4;
/** How often the left–right mirror image of the right answer is among the options, where it has one. */
const MIRROR_OFFERED = 0.7;

const CAMERA = 'Camera perspective - Relative Direction';
const PERSON = 'Person perspective - Relative Direction';
const SIMULATION = 'Person perspective - Scene Simulation Relative Direction';

/** The word with left and right exchanged; null for words without either. */
export function mirrored(word: string): string | null {
  if (!/left|right/.test(word)) return null;
  return word.replace(/left|right/, (side) => (side === 'left' ? 'right' : 'left'));
}

/**
 * Where `thing` is, seen from `reference` in the camera's frame: left and right of the picture, front = nearer to the
 * camera. Null where height and place both differ, which the vocabulary has no word for.
 */
export function cameraDirection(thing: Thing, reference: Thing): string | null {
  const lateral = Math.sign(thing.x - reference.x);
  const depth = Math.sign(reference.z - thing.z);
  const vertical = Math.sign(thing.y - reference.y);
  if (vertical !== 0) return lateral !== 0 || depth !== 0 ? null : vertical > 0 ? 'above' : 'below';
  const parts = [depth > 0 ? 'front' : depth < 0 ? 'back' : '', lateral > 0 ? 'right' : lateral < 0 ? 'left' : ''];
  return parts.filter((part) => part !== '').join('-') || null;
}

/**
 * Where `thing` is for a person who stands at `reference` and faces the camera: their front is the camera's too, nearer to
 * it, but left and right change places.
 */
export function facingDirection(thing: Thing, reference: Thing): string | null {
  const seen = cameraDirection(thing, reference);
  return seen === null ? null : (mirrored(seen) ?? seen);
}

/**
 * Where `thing` is for somebody who stands at `at` and looks towards `towards`, in steps of 45°; front = straight ahead.
 * Null where the angle lies within 8° of the border between two words, or where a thing hangs.
 */
export function simulatedDirection(at: Thing, towards: Thing, thing: Thing): string | null {
  if (at.y + towards.y + thing.y > 0) return null;
  const bearing = (other: Thing) => (Math.atan2(other.x - at.x, other.z - at.z) * 180) / Math.PI;
  const turn = (bearing(thing) - bearing(towards) + 720) % 360;
  const sector = Math.round(turn / 45);
  if (Math.abs(turn - sector * 45) > 22.5 - 8) return null;
  return AROUND[sector % 8] ?? null;
}

function optionsFor(random: Random, gold: string): string[] {
  const mirror = mirrored(gold);
  const chosen = new Set([gold]);
  if (mirror !== null && random.next() < MIRROR_OFFERED) chosen.add(mirror);
  for (const word of random.shuffle(WORDS.filter((candidate) => candidate !== mirror))) {
    if (chosen.size < OPTIONS) chosen.add(word);
  }
  return random.shuffle([...chosen]);
}

interface Draft {
  readonly task: string;
  readonly text: string;
  readonly gold: string | null;
}

function cameraDraft(random: Random, thing: Thing, reference: Thing): Draft {
  const [a, b] = [nameOf(thing), nameOf(reference)];
  const text = random.pick([
    `From the camera's viewpoint, where is ${a} relative to ${b}?`,
    `In the picture, where is ${a} located compared with ${b}?`,
    `Seen from the camera, in which direction is ${a} from ${b}?`,
  ]);
  return { task: CAMERA, text, gold: cameraDirection(thing, reference) };
}

function personDraft(random: Random, thing: Thing, reference: Thing): Draft {
  const [a, b] = [nameOf(thing), nameOf(reference)];
  const text = random.pick([
    `Imagine you are at ${b} and face the camera. Where is ${a}?`,
    `Suppose you are situated at ${b}, facing the camera: in which direction is ${a}?`,
  ]);
  return { task: PERSON, text, gold: facingDirection(thing, reference) };
}

function simulationDraft(at: Thing, towards: Thing, thing: Thing): Draft {
  const text = `Imagine standing at ${nameOf(at)} looking towards ${nameOf(towards)}, where is ${nameOf(thing)}?`;
  return { task: SIMULATION, text, gold: simulatedDirection(at, towards, thing) };
}

/**
 * Questions about a scene, four where one thing hangs and five elsewhere. Some ask for one pair in two frames, so that
 * answers given in the camera's frame can be told apart from chance; a pair is never asked for the other way round.
 */
export function questionsOf(random: Random, [first, second, third]: Scene, image: string): Question[] {
  const [asked, reference] = random.next() < 0.5 ? [second, first] : [first, second];
  const drafts =
    second.y === 1
      ? [
          cameraDraft(random, asked, reference),
          cameraDraft(random, third, first),
          personDraft(random, third, first),
          personDraft(random, asked, reference),
        ]
      : [
          cameraDraft(random, second, first),
          cameraDraft(random, third, second),
          cameraDraft(random, third, first),
          personDraft(random, second, first),
          simulationDraft(first, second, third),
          simulationDraft(second, third, first),
          simulationDraft(third, first, second),
          personDraft(random, third, first),
        ];
  return drafts
    .filter((draft): draft is Draft & { readonly gold: string } => draft.gold !== null)
    .slice(0, 5)
    .map((draft) => ({ ...draft, image, options: optionsFor(random, draft.gold) }));
}
