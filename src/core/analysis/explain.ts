import type { ItemRecord, Page, RecordTrace } from '../store/pageQueries.js';

/** One item with everything `item` shows. */
export interface ItemDetail {
  readonly item: Page['records'][number];
  readonly lens: { readonly name: string; readonly version: string };
  /** The same item in other runs: same question, options and gold. */
  readonly otherRuns: readonly Page['records'][number]['record'][];
}

/** Why an item counts as it does, in plain sentences. */
export function explainItem({ item, lens }: ItemDetail): string[] {
  return explain(item.record, item.trace, lens);
}

const CONVENTION: Readonly<Record<string, string>> = {
  'toward-viewer': 'front is nearer to the viewer',
  'away-from-viewer': 'front is away from the viewer, the way the camera looks',
  facing: 'front is where the one in the scene faces',
  unstated: 'what front means is not stated',
};

const FRAMES: Readonly<Record<ItemRecord['frame'], string>> = {
  camera: "the camera's frame",
  person: "the person's frame",
  object: "the object's frame",
  imagined: 'the frame of an imagined stand-point',
  unstated: 'no frame of reference stated',
};

/** Why a row counts as it does, in plain sentences: the answer, the directions, the class, and what is odd about it. */
export function explain(record: ItemRecord, trace: RecordTrace, lens: { name: string; version: string }): string[] {
  return [
    ...answerSentences(record, trace),
    ...directionSentences(record),
    ...classSentences(record, trace, lens),
    ...flagSentences(record, trace),
  ];
}

function answerSentences(record: ItemRecord, { answer }: RecordTrace): string[] {
  const where = answer.source === 'extracted' ? "the tool's extracted answer" : 'the response';
  if (record.status !== 'parsed') {
    const why: Readonly<Record<string, string>> = {
      empty: `${where} is empty`,
      refusal: `${where} declines to answer ("${answer.text}")`,
      'off-list': `${where} names something that was not offered ("${answer.text}")`,
      ambiguous: `${where} supports two options equally`,
      unparsed: `no option could be read from ${where}`,
    };
    return [
      `No answer was read: ${why[record.status] ?? record.status}. Rule ${answer.rule}. It counts as wrong and enters no direction count.`,
    ];
  }
  return [
    `The answer "${record.predicted ?? ''}" was read by rule ${answer.rule} from characters ${answer.start} to ${answer.end} of ${where}: "${answer.text}".`,
  ];
}

function directionSentences(record: ItemRecord): string[] {
  if (record.gold === null) return ['The file gives no gold answer, so the item stands outside every rate.'];
  if (record.kind === 'yes-no') return [`A statement to judge; the right answer is "${record.gold}".`];
  const gold = record.goldDirection ?? 'no direction';
  const predicted =
    record.status === 'parsed'
      ? `, predicted "${record.predicted ?? ''}" (${record.predictedDirection ?? 'no direction'})`
      : '';
  const depth = [record.goldDirection, record.predictedDirection].some((each) => each?.match(/front|back/));
  const frame = FRAMES[record.frame];
  const angle =
    record.angle === null || record.correct === true
      ? ''
      : `; ${record.angle}° apart in the horizontal plane, clockwise positive`;
  return [
    `Gold "${record.gold}" (${gold})${predicted}; ${frame}${depth ? `, ${CONVENTION[record.convention] ?? ''}` : ''}${angle}.`,
  ];
}

function classSentences(record: ItemRecord, trace: RecordTrace, lens: { name: string; version: string }): string[] {
  if (record.correct === true) return ['It is the gold answer: correct.'];
  if (record.class === null) return [];
  return [`Class ${record.class} under lens ${lens.name} v${lens.version}: ${trace.lensRule ?? ''}.`];
}

function flagSentences(record: ItemRecord, trace: RecordTrace): string[] {
  const sentences: string[] = [];
  const has = (flag: ItemRecord['flags'][number]): boolean => record.flags.includes(flag);
  if (has('letterTextConflict'))
    sentences.push('Letter and text of the answer name different options; the letter is followed.');
  if (has('goldConflict'))
    sentences.push('Letter and text of the gold answer name different options; the letter is followed.');
  if (has('goldUnmatched')) sentences.push('The gold answer is none of the options.');
  if (has('optionsUnknown')) sentences.push('The options are not known, so answers are compared by letter.');
  if (has('imageAmbiguous'))
    sentences.push(
      'Several benchmark items share this question and these options; which image was shown is not known.',
    );
  if (has('storedDiffers')) {
    sentences.push(
      `The file's own verdict says ${record.storedCorrect ? 'correct' : 'wrong'}; the answer as read says otherwise.`,
    );
  }
  if (has('frameSwap')) {
    const swap = trace.frameSwapOf as { frame: string; question: string } | null;
    sentences.push(
      `The prediction is the right answer in the ${swap?.frame ?? 'other'} frame: "${swap?.question ?? ''}".`,
    );
  }
  return sentences;
}
