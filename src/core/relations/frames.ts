import type { DepthConvention, Frame } from '../model.js';

const PERSON =
  '(?:person|man|woman|boy|girl|child|kid|lady|guy|player|driver|rider|cyclist|pedestrian|baby|people|he|she|him|her|you)';

const CAMERA =
  /camera(?:['’]s)?\s+(?:perspective|point\s+of\s+view|view(?:point)?|position|angle)|perspective\s+of\s+the\s+(?:camera|viewer|photographer)|from\s+the\s+(?:viewer|camera|photographer)|(?:viewer|photographer)['’]s\s+(?:perspective|view)/i;
const IMAGINE = '(?:imagin\\w+|suppos\\w+|assum\\w+|if)\\s+(?:that\\s+)?';
const SOMEONE_IS = "(?:(?:you(?:rself)?|i)(?:['’]re|['’]m|\\s+(?:are|am|were))?)";
/** "in the kitchen", "on my chair", "at a desk": a place, not somebody's. */
const IN_A_PLACE =
  '(?:in(?:side)?|outside|on|under|by|near|beside|behind|next\\s+to|in\\s+front\\s+of)\\s+(?:the|this|that|a|an|my|your)\\b';
const POSTURE = '(?:stand|sit|seat|lie|lying|kneel|lean)\\w*';
const IMAGINED = new RegExp(
  `${IMAGINE}(?:${SOMEONE_IS}?\\s*(?:to\\s+be\\s+|being\\s+)?(?:${POSTURE}|at|facing|looking)|(?:${SOMEONE_IS}\\s+)?(?:to\\s+be|being)\\s+${IN_A_PLACE}|${SOMEONE_IS}\\s+${IN_A_PLACE})|\\bstand\\w*\\s+(?:at|by|near|next\\s+to|beside|in)\\b.*\\b(?:facing|look\\w*|towards?)\\b`,
  'i',
);
const SOMEBODYS_PLACE =
  "in\\s+(?:the|this|that|a|an)\\s+(?:(?:shoes|place|position)\\s+of\\b|(?:[\\w-]+\\s+){0,9}?[\\w-]+['’]s?\\s+(?:shoes|place|position|perspective|point\\s+of\\s+view|view(?:point)?)\\b)";
const AS_A_PERSON = new RegExp(
  `${IMAGINE}(?:you(?:['’]re|\\s+are|\\s+were)|i(?:['’]m|\\s+am|\\s+were))\\s+(?:${SOMEBODYS_PLACE}|(?:the|this|that|a|an)\\b)|from\\s+(?:the|this|that|a|an)\\s+(?:\\w+\\s+){0,6}?${PERSON}(?:\\s+[\\w-]+){0,4}?['’]s?\\s+(?:perspective|point\\s+of\\s+view|view(?:point)?|position)|perspective\\s+of\\s+(?:the|this|that|a|an)\\s+(?:\\w+\\s+){0,3}?${PERSON}\\b`,
  'i',
);
const OBJECT =
  /from\s+(?:the|this|that|a|an)\s+[\w\s-]{1,40}['’]s?\s+(?:perspective|point\s+of\s+view|view(?:point)?|position)|perspective\s+of\s+(?:the|this|that|a|an)\s+\w+/i;

/**
 * The words for each frame, the first that are met decide. DuckDB's engine reads these expressions as JavaScript does where a question is
 * plain ASCII on one line.
 */
export const FRAME_WORDS: readonly (readonly [Frame, RegExp])[] = [
  ['camera', CAMERA],
  ['person', AS_A_PERSON],
  ['imagined', IMAGINED],
  ['object', OBJECT],
];

/** Wordings of the camera's frame that are often met: sooner found than the expression is tried. */
export const OFTEN_CAMERA: readonly string[] = ["camera's perspective", "camera's view"];

/**
 * The frame that a question names in words: "from the camera's perspective", "if you were the driver", "imagine
 * standing at the table", "from the car's perspective". `unstated` where it names none; nothing is guessed from images.
 */
export function frameOf(question: string | null): Frame {
  if (question === null) return 'unstated';
  return FRAME_WORDS.find(([, words]) => words.test(question))?.[0] ?? 'unstated';
}

/**
 * What "front" means in a frame when the data do not say: for whoever stands in the scene it is the way they face; for
 * the camera it may be nearer to the viewer or farther along the view, so it stays unstated.
 */
export function conventionOf(frame: Frame): DepthConvention {
  return frame === 'person' || frame === 'object' || frame === 'imagined' ? 'facing' : 'unstated';
}

/** Words of question templates. What is left of a question without them names its objects. */
const TEMPLATE_WORDS = new Set(
  `a an the this that these those is are was were be being been do does did can could would will shall should may might
  i you your me my we us our it its he she his her they them their what which where how when who whose why tell say
  describe identify determine find see look looking looks facing face faces faced direction directions orientation oriented
  located location locate locations position positioned placed relative relation relatively relationship respect respective
  compared comparison compare terms with to of in on at from as for by and or if imagine imagining imagined suppose supposing
  assume considering consider given taking take perspective perspectives viewpoint point view viewed viewing standpoint camera
  cameras viewer image picture photo photograph scene within inside shown depicted appear appears side situated sit sits
  seen relation there here then toward towards reference frame front back left right above below one into between person's
  please answer question know about using use set make basis based upon out spot spatial spatially place object's objects
  s re`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/**
 * "From the boy's perspective, where is the ball", "Imagine you are at the door and face the camera. Where is the
 * ball?": whoever looks is the reference, so their words go last. "In which direction" is no view.
 */
const LEADING_VIEW =
  /^\s*((?:from|in(?!\s+(?:which|what)\b)|considering|using|taking|imagin\w+|suppos\w+|assum\w+|if|when|while|standing|facing)\b[^,.;?—]*)[,.;—]\s*(\S.*)$/is;

/**
 * The objects that a question speaks of, as a comparable key: its words without those of the question's template, in
 * order, with a leading point of view moved to the end. The order tells "A relative to B" from "B relative to A". Two
 * questions about one image with the same key ask for the same thing. Null when no word is left.
 */
export function objectsKey(question: string): string | null {
  const view = LEADING_VIEW.exec(question);
  const ordered = view === null ? question : `${view[2] ?? ''} ${view[1] ?? ''}`;
  const words = ordered
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]s\b/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !TEMPLATE_WORDS.has(word));
  return words.length === 0 ? null : [...new Set(words)].join(' ');
}
