import type { Block, Card, Fact } from '../../../export/html/document.js';
import type { Example, ExamplesOfClass, ReportData } from '../data.js';
import { counted } from '../words.js';
import type { ReportSection } from '../section.js';

/** Of a long response, so many characters are shown. */
const MOST_RESPONSE = 700;

/** Some errors of every class, as they are. */
export const examples: ReportSection = {
  id: 'examples',
  title: 'Examples',
  blocks: (data) =>
    data.examples.length === 0
      ? []
      : [
          {
            kind: 'text',
            text: `Drawn at random with seed ${data.seed} from all errors of a class, of all runs together: they show what a class looks like, and are no measure of how often it occurs.`,
          },
          ...data.examples.flatMap((each) => blocksOf(each, data)),
        ],
};

function blocksOf({ class: name, total, examples: drawn }: ExamplesOfClass, data: ReportData): Block[] {
  const heading = name === null ? 'Answers that could not be read' : { data: name };
  return [
    { kind: 'heading', text: [heading, `: ${drawn.length} of ${counted(total, 'error')}`] },
    { kind: 'cards', cards: drawn.map((each) => cardOf(each, data)) },
  ];
}

function cardOf({ record, why, picture }: Example, { names }: ReportData): Card {
  return {
    title: ['Item ', { data: record.item }, ' of ', { data: names.get(record.run) ?? record.run }],
    picture: picture.ok
      ? {
          mime: picture.mime,
          base64: Buffer.from(picture.bytes).toString('base64'),
          width: picture.width,
          height: picture.height,
          description: `The image of item ${record.item}`,
        }
      : { missing: picture.message, tried: picture.tried },
    pictureNote: record.images.length > 1 ? `Image 1 of ${record.images.length}` : null,
    question: record.question,
    options: record.options.map(({ label, text }, at) => ({
      text: label === null || label === text ? text : `${label}. ${text}`,
      right: at === record.goldOption,
      chosen: at === record.predictedOption,
    })),
    facts: factsOf(record),
    why,
    response: responseOf(record),
  };
}

function factsOf(record: Example['record']): Fact[] {
  const answers: Fact[] = [
    ...(record.goldOption === null ? [['Right', { data: record.gold ?? 'not known' }] as const] : []),
    ...(record.predictedOption === null ? [['Answer', { data: record.predicted ?? 'not read' }] as const] : []),
  ];
  const task: Fact[] = record.task === null ? [] : [['Task', { data: record.task }]];
  return [...answers, ...task, ['Row', `${record.row}`]];
}

function responseOf({ response, extracted }: Example['record']): string | null {
  const said = response ?? extracted;
  if (said === null || said.trim() === '') return null;
  if (said.length <= MOST_RESPONSE) return said;
  return `${said.slice(0, MOST_RESPONSE)} … (${said.length - MOST_RESPONSE} more characters)`;
}
