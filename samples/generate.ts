/**
 * Writes the synthetic sample workspace: `npm run samples`. The same program gives the same bytes on every machine; a folder
 * other than this one may be named as the first argument.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePng } from './png.js';
import { LETTERS, RULES, predict, printed, type Prediction } from './predictions.js';
import { questionsOf, type Question } from './questions.js';
import { seeded } from './random.js';
import { render } from './render.js';
import { makeScene, type Scene } from './scene.js';

const SCENES = 24;
const SEED = 2026;
/** Every fourth scene has one thing hanging above another. */
const STACKED_EVERY = 4;

/** What the samples consist of, before it is written. */
export interface Samples {
  readonly scenes: readonly { readonly path: string; readonly scene: Scene }[];
  readonly questions: readonly Question[];
  readonly runs: readonly { readonly model: string; readonly predictions: readonly Prediction[] }[];
}

/** Makes scenes, questions and predictions. Throws when two questions could be taken for one. */
export function makeSamples(): Samples {
  const random = seeded(SEED);
  const scenes = Array.from({ length: SCENES }, (_, index) => ({
    path: `scenes/scene-${String(index + 1).padStart(2, '0')}.png`,
    scene: makeScene(random, index % STACKED_EVERY === STACKED_EVERY - 1),
  }));
  const questions = scenes.flatMap(({ path: image, scene }) => questionsOf(random, scene, image));
  const texts = new Set(questions.map(({ text }) => text));
  if (texts.size < questions.length) {
    throw new Error('Two sample questions have the same text, so a prediction would not tell its image: change SEED.');
  }
  const runs = RULES.map((rule) => ({ model: rule.model, predictions: predict(seeded(rule.seed), rule, questions) }));
  return { scenes, questions, runs };
}

function benchmarkJson(questions: readonly Question[]): string {
  const records = questions.map((question) => ({
    question_type: question.task,
    image_path: [question.image],
    question: question.text,
    answer: printed(question, question.options.indexOf(question.gold)),
    choices: question.options.map((_, index) => printed(question, index)).join('\n'),
    source: 'synthetic',
  }));
  return `${JSON.stringify(records, null, 2)}\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The layout of ViewSpatial-Bench's own evaluation script, with its line ends, and one column more: Source. */
function resultCsv(predictions: readonly Prediction[]): string {
  const header = 'ID,Question,Question_Type,Predicted Answer,Correct Answer,IsCorrect,Source'.split(',');
  const rows = predictions.map(({ question, response, correct }, row) => {
    const options = LETTERS.map((_, index) => printed(question, index)).join('\n');
    const prompt = `${question.text}${options}\nReply only to the corresponding option.\nAnswer:`;
    const gold = printed(question, question.options.indexOf(question.gold));
    return [String(row), prompt, question.task, response, gold, correct ? 'True' : 'False', 'synthetic'];
  });
  return [header, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** Writes all files below `folder` and returns their paths relative to it. */
export function writeSamples(folder: string): string[] {
  const { scenes, questions, runs } = makeSamples();
  const files = new Map<string, string | Buffer>();
  for (const { path: name, scene } of scenes) files.set(name, encodePng(render(scene), 'synthetic scene'));
  files.set('benchmark.json', benchmarkJson(questions));
  for (const { model, predictions } of runs) files.set(`results/${model}/result_${model}.csv`, resultCsv(predictions));
  for (const [name, content] of files) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return [...files.keys()];
}

const here = fileURLToPath(import.meta.url);
if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === here) {
  const folder = process.argv[2] ?? path.dirname(here);
  process.stdout.write(`${writeSamples(folder).length} files written to ${folder}\n`);
}
