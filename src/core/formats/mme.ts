import type { Dropped, RawItem } from '../model.js';
import type { Detected, Format, Shape, Source } from './format.js';
import { isMmeTask, mmeUnit } from './mmeTasks.js';
import { blankItem, pathParts } from './recordFields.js';
import { YES_NO_OPTIONS } from './recordValues.js';

/** Lines looked at; more would not change the verdict. */
const MOST_LINES = 200;
const MOST_MISFITS = 0.5;

/**
 * MME's answers: one text for each sub-task, each line `image, question, right answer, response` between tabs, two lines for each
 * image. Source: eval_tool/calculation.py of MME (BradyFU/Awesome-Multimodal-Large-Language-Models, branch Evaluation), as many
 * repositories carry it, and haotian-liu/LLaVA @ 32cebc380944, playground/data/eval/MME/convert_answer_to_mme.py, which writes such
 * files. An image is a unit: accuracy over units is MME's acc+, right items out of items its acc.
 */
export const mme: Format = {
  id: 'mme',
  version: 1,
  title: 'MME answers',
  detect,
  async *read(source) {
    const task = taskOf(source.path);
    let row = 0;
    for (const line of await linesOf(source)) yield toItem(line, (row += 1), task, source.path);
  },
};

function detect(shape: Shape): Detected | null {
  if (shape.container !== 'text' && shape.container !== 'tsv') return null;
  const lines = shape.text.split(/\r\n?|\n/u).filter((line) => line.trim() !== '');
  // The last line of a longer file may be cut off.
  const seen = (shape.text.length < (64 << 10) - 1 ? lines : lines.slice(0, -1)).slice(0, MOST_LINES);
  const misfits = seen.filter((line) => !isAnswer(line)).length;
  if (seen.length === 0 || misfits > seen.length * MOST_MISFITS) return null;
  const task = taskOf(shape.path);
  return {
    role: 'run',
    confidence: 0.9,
    reason: 'Lines of image, yes/no question, right answer and response between tabs, without a header: MME.',
    model: task === null ? null : modelOf(shape.path),
    dataset: 'MME',
  };
}

function isAnswer(line: string): boolean {
  const [image, question, gold, response] = cellsOf(line);
  return (
    response !== undefined && /\.[A-Za-z]{3,4}$/u.test(image) && question.includes('?') && /^(?:yes|no)$/iu.test(gold)
  );
}

/** A response may hold tabs itself. */
function cellsOf(line: string): [image: string, question: string, gold: string, response: string | undefined] {
  const [image = '', question = '', gold = '', ...response] = line.split('\t');
  return [image.trim(), question.trim(), gold.trim(), response.length === 0 ? undefined : response.join('\t')];
}

/** The sub-task that the file is named after. */
function taskOf(path: string): string | null {
  const { stem } = pathParts(path);
  return isMmeTask(stem) ? stem : null;
}

/** Folders that hold the answers of any model. */
const ANY_MODEL = /^(?:answers?|results?|outputs?|eval_tool|your_results|mme|lavin)$/iu;

/** The files of one model lie in a folder of its name. */
function modelOf(path: string): string | null {
  const folder = pathParts(path).folders.at(-1) ?? null;
  return folder === null || ANY_MODEL.test(folder) ? null : folder;
}

async function linesOf(source: Source): Promise<readonly string[]> {
  const text = new TextDecoder('utf-8').decode(await source.bytes());
  return text.split(/\r\n?|\n/u).filter((line) => line.trim() !== '');
}

function toItem(line: string, row: number, task: string | null, path: string): RawItem | Dropped {
  const [image, question, gold, response] = cellsOf(line);
  if (response === undefined) {
    const detail = `${path}, row ${String(row)}: expected image, question, right answer and response between tabs, found ${JSON.stringify(line.slice(0, 80))}. If it continues the response above, write that on one line.`;
    return { row, reason: 'wrong number of cells', detail };
  }
  return {
    ...blankItem(row),
    question,
    options: YES_NO_OPTIONS,
    gold,
    response,
    kind: 'yes-no',
    task,
    images: [image],
    unit: mmeUnit(task, image),
    flags: line.includes('\uFFFD') ? ['invalidUtf8'] : [],
  };
}
