/** One yes/no question of the kind "is there a … in the image?" (POPE). */
export interface ObjectQuestion {
  readonly image: string;
  /** The object asked for; the caller settles spelling and case. */
  readonly object: string;
  readonly goldYes: boolean;
  /** False for a no and for an unparsed answer. */
  readonly answeredYes: boolean;
}

/** Gold-no questions and how many of them were answered yes. */
export interface FalseYesTally {
  readonly questions: number;
  readonly falseYes: number;
  /** falseYes / questions, a fraction; null where there are no questions. */
  readonly rate: number | null;
}

export interface ObjectTally extends FalseYesTally {
  readonly object: string;
}

/**
 * `undefined`: no lift can be computed (the object is present in no image of the data, or nothing is known to be present
 * in this one). `zero`: it is never together with any object present here. The rest are the terciles of positive lift.
 */
export type LiftBucket = 'undefined' | 'zero' | 'low' | 'middle' | 'high';

export interface LiftTally extends FalseYesTally {
  readonly bucket: LiftBucket;
  /** Least and greatest lift in the bucket; null for `undefined` and for empty buckets. */
  readonly minLift: number | null;
  readonly maxLift: number | null;
}

export interface CompletionBias extends FalseYesTally {
  /** Most false yes first, then by name. */
  readonly byObject: readonly ObjectTally[];
  /** Always the five buckets, in the order of `LiftBucket`. */
  readonly byLift: readonly LiftTally[];
}

/**
 * The bias to complete a scene: are objects that usually come with what is in the image answered "yes" more often when
 * they are absent?
 *
 * The objects present in an image are those of its gold-yes questions. Over the images of the data,
 * lift(a, b) = P(a, b) / (P(a) P(b)): 1 when they come together as often as chance has it, more when they go together
 * (Brin et al. 1997). A gold-no question about a is given the greatest lift(a, b) over the objects b present in its
 * image. Terciles cut the positive lifts at their ⅓ and ⅔ quantiles (nearest rank); equal lifts stay together, so the
 * buckets may differ in size.
 */
export function completionBias(questions: readonly ObjectQuestion[]): CompletionBias {
  const scenes = new Scenes(questions);
  const absent = questions.filter((question) => !question.goldYes);
  const byObject = new Map<string, ObjectQuestion[]>();
  for (const question of absent) {
    const list = byObject.get(question.object) ?? [];
    list.push(question);
    byObject.set(question.object, list);
  }
  const objects = [...byObject].map(([object, list]) => ({ object, ...tally(list) }));
  objects.sort((a, b) => b.falseYes - a.falseYes || (a.object < b.object ? -1 : 1));
  return { ...tally(absent), byObject: objects, byLift: byLift(absent, scenes) };
}

/** Which objects are present in which images, as far as the gold says. */
class Scenes {
  private readonly present = new Map<string, Set<string>>();
  private readonly imagesOf = new Map<string, Set<string>>();
  /** Images that hold both objects, by the one and then the other: many questions ask for the same few objects. */
  private readonly together = new Map<string, Map<string, number>>();

  constructor(questions: readonly ObjectQuestion[]) {
    for (const { image, object, goldYes } of questions) {
      const objects = this.present.get(image) ?? new Set<string>();
      this.present.set(image, objects);
      if (!goldYes) continue;
      objects.add(object);
      const images = this.imagesOf.get(object) ?? new Set<string>();
      images.add(image);
      this.imagesOf.set(object, images);
    }
  }

  /** Greatest lift of an object with the others present in the image; null where it is undefined. */
  lift({ image, object }: ObjectQuestion): number | null {
    const size = this.imagesOf.get(object)?.size;
    if (size === undefined) return null;
    let greatest: number | null = null;
    for (const other of this.present.get(image) ?? []) {
      // An object that the gold contradicts itself about would always be its own best companion.
      if (other === object) continue;
      const otherSize = this.imagesOf.get(other)?.size ?? 0;
      const lift = (this.imagesWithBoth(object, other) * this.present.size) / (size * otherSize);
      greatest = Math.max(greatest ?? 0, lift);
    }
    return greatest;
  }

  private imagesWithBoth(a: string, b: string): number {
    const counts = this.together.get(a) ?? new Map<string, number>();
    this.together.set(a, counts);
    const known = counts.get(b);
    if (known !== undefined) return known;
    const more = this.imagesOf.get(b);
    let count = 0;
    for (const image of this.imagesOf.get(a) ?? []) if (more?.has(image) === true) count++;
    counts.set(b, count);
    return count;
  }
}

function byLift(absent: readonly ObjectQuestion[], scenes: Scenes): LiftTally[] {
  const rated = absent.map((question) => ({ question, lift: scenes.lift(question) }));
  const positive = rated.flatMap(({ lift }) => (lift !== null && lift > 0 ? [lift] : [])).sort((a, b) => a - b);
  const cuts: [number, number] = [nearestRank(positive, 1), nearestRank(positive, 2)];
  const buckets: LiftBucket[] = ['undefined', 'zero', 'low', 'middle', 'high'];
  return buckets.map((bucket) => {
    const members = rated.filter(({ lift }) => bucketOf(lift, cuts) === bucket);
    const lifts = members.flatMap(({ lift }) => (lift === null ? [] : [lift])).sort((a, b) => a - b);
    const counts = tally(members.map(({ question }) => question));
    return { bucket, ...counts, minLift: lifts[0] ?? null, maxLift: lifts.at(-1) ?? null };
  });
}

function bucketOf(lift: number | null, [first, second]: readonly [number, number]): LiftBucket {
  if (lift === null) return 'undefined';
  if (lift === 0) return 'zero';
  if (lift <= first) return 'low';
  return lift <= second ? 'middle' : 'high';
}

/** The thirds/3 quantile of ascending values: the value at rank ⌈n · thirds / 3⌉. */
function nearestRank(ascending: readonly number[], thirds: 1 | 2): number {
  return ascending[Math.ceil((ascending.length * thirds) / 3) - 1] ?? Infinity;
}

function tally(questions: readonly ObjectQuestion[]): FalseYesTally {
  const falseYes = questions.filter((question) => question.answeredYes).length;
  const count = questions.length;
  return { questions: count, falseYes, rate: count === 0 ? null : falseYes / count };
}
