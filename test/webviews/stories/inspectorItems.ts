import type { ItemRecord, JsonObject } from '../../../src/core/model.js';
import type { ItemView, OtherAnswer, RowKey } from '../../../src/protocol/rows.js';
import { NO_ANNOTATIONS } from './inspectorAnnotations.js';

export const KEY: RowKey = { run: 'qwen', row: 417 };
const FILE = '/data/results/ViewSpatial-Bench/result_Qwen2.5-VL-3B-Instruct.csv';

const RESPONSE = 'The banana is placed next to the table, so the answer is B: to the right.';

const RECORD: ItemRecord = {
  run: KEY.run,
  item: '417',
  class: 'horizontal-flip',
  drift: false,
  status: 'parsed',
  correct: false,
  storedCorrect: false,
  gold: 'To the left',
  predicted: 'To the right',
  goldDirection: 'left',
  predictedDirection: 'right',
  angle: 180,
  frame: 'camera',
  convention: 'unstated',
  kind: 'choice',
  task: 'Camera perspective - Relative Direction',
  relation: 'left',
  family: 'projective',
  contact: false,
  question: 'Where is the banana relative to the table?',
  options: [
    { label: 'A', text: 'To the left' },
    { label: 'B', text: 'To the right' },
    { label: 'C', text: 'On top' },
    { label: 'D', text: 'Under' },
  ],
  goldOption: 0,
  predictedOption: 1,
  extracted: null,
  response: RESPONSE,
  confidence: 0.62,
  images: ['val2017/table_0417.png'],
  flags: [],
  file: FILE,
  row: KEY.row,
  meta: { category: 'Relative direction', source: 'scannet', split: 'test', seconds: 1.25 },
};

const OTHERS: readonly OtherAnswer[] = [
  other('mvsm_merged_bf16', 'right', 'To the left', 'left', true),
  other('mvsm_aug_flip_v1_merged', 'right', 'To the left', 'left'),
  { ...other('mvsm_visual_prompt_merged', 'wrong', 'On top', 'above'), class: 'orthogonal' },
  other('llava-onevision-7b', 'unanswered', null, null),
];

function other(
  model: string,
  outcome: OtherAnswer['outcome'],
  predicted: string | null,
  predictedDirection: string | null,
  baseline = false,
): OtherAnswer {
  return { key: { run: model, row: 417 }, model, outcome, class: null, predicted, predictedDirection, baseline };
}

/** An item made of another by what differs. `read`: the characters of the response from which its answer was read. */
function item(part: Partial<ItemRecord>, more: Partial<ItemView> & { readonly read?: string } = {}): ItemView {
  const { read = 'B', ...rest } = more;
  const record = { ...RECORD, ...part };
  const source = record.response === null ? 'extracted' : 'response';
  const start = (record.response ?? record.extracted ?? '').lastIndexOf(read);
  return {
    key: KEY,
    record,
    trace: {
      answer: { rule: 'default/stated letter', source, start, end: start + read.length, text: read },
      lensRule: 'exactly the lateral axis is reversed',
      frameSwapOf: null,
    },
    outcome: 'wrong',
    lens: { name: 'axes', version: '1' },
    why: [
      `The answer "To the right" was read by rule default/stated letter from characters ${start} to ${start + read.length} of the response: "${read}".`,
      `Gold "To the left" (left), predicted "To the right" (right); camera's frame; 180° apart in the horizontal plane, clockwise positive.`,
      'Class horizontal-flip under lens axes v1: exactly the lateral axis is reversed.',
    ],
    others: OTHERS,
    imageCandidates: [],
    statedId: null,
    mayBeEmbedded: false,
    embeddedImages: 0,
    source: { file: FILE, row: record.row },
    annotations: NO_ANNOTATIONS,
    ...rest,
  };
}

const DIAGONAL = ['front-left', 'front-right', 'back-left', 'back-right'].map((text, index) => ({
  label: 'ABCD'[index] ?? null,
  text,
}));

const LONG_QUESTION =
  'Imagine that you are standing at the far end of the corridor with your back to the window, looking towards the kitchen. '.repeat(
    9,
  ) + 'From there, on which side of you is the red suitcase that leans against the radiator?';

const LONG_RESPONSE =
  'Let me think step by step. The camera looks along the corridor, so that what is near to it is large. '.repeat(110) +
  'So the answer is B: to the right. ' +
  'To double-check, I consider the shadows on the floor, which fall away from the window. '.repeat(105);

const ODD_META: JsonObject = {
  '': 'a column without a name',
  'a column name that is a great deal longer than anybody would expect of a column': 1,
  nested: { boxes: [[0.1, 0.2, 0.3, 0.4]], judge: { model: 'gpt-4o', verdict: { score: 0, reason: null } } },
  long: 'lorem ipsum dolor sit amet '.repeat(60),
  unbroken: 'x'.repeat(300),
  html: '<img src=x onerror="alert(1)"><script>alert(2)</script>',
  empty: '',
  missing: null,
  yes: true,
  list: [1, 2, 3],
  url: 'https://example.org/image.png?a=b&c=d',
  control: 'a\u0000b\u001b[31mred\u001b[0m and \u202eturned\u202c',
};

const frames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `clips/scene_0042/frame_${String(index + 1).padStart(3, '0')}.jpg`);

/** Items by story. */
export const ITEMS: Readonly<Record<string, ItemView>> = {
  flip: item({}),
  boxes: item({
    boxes: [
      { x: 188, y: 196, width: 264, height: 202, unit: 'pixel', label: 'table' },
      { x: 0.13, y: 0.76, width: 0.1, height: 0.09, unit: 'fraction', label: 'banana' },
    ],
  }),
  personFrame: item({
    frame: 'person',
    convention: 'facing',
    drift: true,
    class: 'horizontal-flip',
    question: 'From the perspective of the woman in red, where is the dog?',
    options: DIAGONAL,
    gold: 'front-left',
    goldDirection: 'front-left',
    predicted: 'back-right',
    predictedDirection: 'right',
    predictedOption: 3,
    flags: ['frameSwap', 'letterTextConflict', 'storedDiffers'],
  }),
  depth: item({
    class: 'depth-flip',
    convention: 'toward-viewer',
    question: 'Is the chair in front of or behind the table?',
    options: [
      { label: 'A', text: 'in front of' },
      { label: 'B', text: 'behind' },
    ],
    gold: 'in front of',
    goldDirection: 'front',
    predicted: 'behind',
    predictedDirection: 'back',
  }),
  imagined: item({
    class: 'opposite',
    frame: 'imagined',
    question: 'If you stood at the sofa, where would the lamp be?',
    gold: 'above and to the left',
    goldDirection: 'above-left',
    predicted: 'below and to the right',
    predictedDirection: 'below-right',
    drift: null,
  }),
  unstated: item({ frame: 'unstated' }),
  vertical: item({ class: 'vertical-flip', goldDirection: 'above', predictedDirection: 'below-left', drift: true }),
  unanswered: item(
    {
      class: null,
      drift: null,
      status: 'refusal',
      predicted: null,
      predictedOption: null,
      predictedDirection: null,
      confidence: null,
      response: 'I’m sorry, but I can’t help with questions about people in photographs.',
    },
    {
      outcome: 'unanswered',
      read: 'I can’t help',
      why: [
        'No answer was read: the response declines to answer ("I can’t help"). Rule default/refusal. It counts as wrong and enters no direction count.',
      ],
    },
  ),
  right: item(
    {
      class: null,
      drift: null,
      correct: true,
      storedCorrect: true,
      predicted: 'To the left',
      predictedOption: 0,
      predictedDirection: 'left',
      response: 'A',
    },
    { outcome: 'right', read: 'A', why: ['It is the gold answer: correct.'] },
  ),
  noGold: item(
    { class: null, drift: null, correct: null, gold: null, goldOption: null, goldDirection: null },
    { outcome: 'no gold', why: ['The file gives no gold answer, so the item stands outside every rate.'] },
  ),
  yesNo: item(
    {
      class: 'false-yes',
      drift: null,
      kind: 'yes-no',
      question: 'The cat is left of the television.',
      options: [],
      gold: 'no',
      goldOption: null,
      goldDirection: null,
      predicted: 'yes',
      predictedOption: null,
      predictedDirection: null,
      extracted: 'yes',
      response: null,
      frame: 'unstated',
    },
    { read: 'yes', others: [] },
  ),
  frames: item({ images: frames(32), question: 'Over the whole clip, does the camera move left or right?' }),
  embeddedFrames: item({ images: [] }, { mayBeEmbedded: true, embeddedImages: 3 }),
  huge: item({ images: ['satellite/harbour_20000.tif'] }),
  missing: item({}),
  corrupt: item({}),
  tooLarge: item({}),
  remote: item({ images: ['https://example.org/images/0417.jpg'] }),
  failing: item({}),
  ambiguous: item(
    { images: [], flags: ['imageAmbiguous'] },
    { imageCandidates: ['val2017/table_0417.png', 'val2017/table_0418.png', 'val2017/sofa_0021.png'] },
  ),
  noImage: item({ images: [] }),
  longTexts: item(
    {
      question: LONG_QUESTION,
      response: LONG_RESPONSE,
      options: [
        { label: 'A', text: 'To the left, where the corridor bends and the coats hang. '.repeat(4) },
        { label: 'B', text: 'To the right, '.repeat(30) + 'by the radiator.' },
        { label: 'C', text: 'unbroken'.repeat(40) },
      ],
      task: 'A task with a name that is a good deal longer than the column in which it is to be shown',
    },
    { read: 'B' },
  ),
  longNames: item(
    {
      item: 'viewspatial/person_perspective/relative_direction/scannet_scene0644_00/frame_001240/question_0017_rev_b',
      task: 'ViewSpatial-Bench/person_perspective/relative_direction/multi_view/level-3 (validation, reworded twice)',
      class: 'distance-order-swap',
      drift: null,
      images: ['datasets/viewspatial/scannet/scans/scene0644_00/sensor_data/undistorted/frame-001240.color.jpg'],
      boxes: [
        {
          x: 0.02,
          y: 0.01,
          width: 0.3,
          height: 0.3,
          unit: 'fraction',
          label: 'the second lamp from the left '.repeat(3),
        },
      ],
      flags: ['letterTextConflict', 'goldConflict', 'frameSwap', 'storedDiffers', 'invalidUtf8', 'nonStandardNumber'],
    },
    {
      others: [
        other(
          'checkpoints/llava-onevision-qwen2-72b-ov-chat-spatial-sft-epoch3-step-120000',
          'right',
          'x '.repeat(90),
          null,
        ),
        { ...other('b', 'wrong', 'Under', 'below'), class: 'distance-order-swap' },
      ],
      source: { file: `/data/${'a-folder-with-a-long-name/'.repeat(6)}predictions.jsonl`, row: 1_234_567 },
    },
  ),
  rtl: item(
    {
      question: 'أين تقع الموزة بالنسبة إلى الطاولة؟',
      options: [
        { label: 'أ', text: 'إلى اليسار' },
        { label: 'ب', text: 'إلى اليمين' },
      ],
      gold: 'إلى اليسار',
      predicted: 'إلى اليمين',
      response: 'الموزة بجانب الطاولة، لذا فالجواب هو (ب): إلى اليمين.',
    },
    { read: 'ب' },
  ),
  emoji: item({
    question: 'Where is the 🍌 relative to the 🪑? 👩🏽‍🚀🏳️‍🌈',
    options: [
      { label: 'A', text: '⬅️ left of the 🪑' },
      { label: 'B', text: '➡️ right of the 🪑' },
    ],
    response: '🤔🤔 I see a 🍌… so: 👉 B 👈\u001b[0m\u0007',
  }),
  zeroWidth: item({ response: 'So B\u200b\u200d, as 👩🏽‍🚀 می\u200cخواهم\u200f' }),
  markup: item({ response: '<img src=x onerror="window.broken = true"> **B** <script>window.broken = true</script>' }),
  manyRuns: item(
    {},
    {
      others: Array.from({ length: 30 }, (_, index) =>
        index % 3 === 0
          ? other(`run-${index + 1}`, 'right', 'To the left', 'left', index === 0)
          : {
              ...other(`spatial-model-${index + 1}-with-a-rather-long-name-epoch-${index}`, 'wrong', 'Under', 'below'),
              class: index % 2 === 0 ? 'orthogonal' : 'horizontal-flip',
            },
      ),
    },
  ),
  twins: item(
    {},
    {
      others: [
        { ...other('GPT4o', 'right', 'To the left', 'left'), key: { run: 'blink/val.json', row: 417 } },
        { ...other('GPT4o', 'wrong', 'Under', 'below'), key: { run: 'blink/test.json', row: 417 } },
        other('llava-onevision-7b', 'unanswered', null, null),
      ],
    },
  ),
  numbered: item({ item: '417' }, { statedId: 'q-10' }),
  oddMeta: item({ meta: ODD_META }),
};
