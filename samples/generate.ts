/**
 * Makes the sample workspace: `npm run samples`. Scenes and questions come from a seed, the answers from the models of models/. The same
 * program and models give the same bytes; a folder other than this one may be named as the first argument.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Answerer } from './answers.js';
import { encodePng } from './png.js';
import { questionsOf, type Question } from './questions.js';
import { seeded } from './random.js';
import { boxOf, render } from './render.js';
import { makeScene, type Scene } from './scene.js';

const SCENES = 60;
const SEED = 2026;
const TASK = 'Camera perspective - Relative Direction';
const LETTERS = ['A', 'B', 'C', 'D'] as const;
const SCRIPT = 'samples/generate.ts';

/** A run: which model answers, whether red boxes stand round what is asked about, and in which words it is asked. */
interface Run {
  readonly name: string;
  readonly model: string;
  readonly boxed?: true;
  readonly reworded?: true;
}

export const RUNS: readonly Run[] = ['baseline', 'augmented'].flatMap((model) => [
  { name: model, model },
  { name: `${model}-boxes`, model, boxed: true as const },
  { name: `${model}-reworded`, model, reworded: true as const },
]);

export interface Answer {
  readonly question: Question;
  readonly text: string;
  readonly answer: Question['gold'];
}

export interface SampleScene {
  readonly image: string;
  readonly scene: Scene;
  readonly questions: readonly Question[];
}

/** Scenes with their questions, no two of which have the same text: where they did, a text would not tell its picture. */
export function makeScenes(): readonly SampleScene[] {
  const random = seeded(SEED);
  const taken = new Set<string>();
  return Array.from({ length: SCENES }, (_, at) => {
    const image = `scenes/scene-${String(at + 1).padStart(2, '0')}.png`;
    const scene = makeScene(random);
    return { image, scene, questions: questionsOf(random, { scene, image }, taken) };
  });
}

/** What a model says to all questions, in order. */
async function answersOf(run: Run, model: Answerer, scenes: readonly SampleScene[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { scene, questions } of scenes) {
    for (const question of questions) {
      const picture = render(scene, run.boxed === true ? [question.subject, question.reference] : []);
      const text = run.reworded === true ? question.reworded : question.text;
      answers.push({ question, text, answer: await model.answer(picture, text, question.options) });
    }
  }
  return answers;
}

/** "B. right" */
function printed({ options }: Question, option: Question['gold']): string {
  return `${LETTERS[options.indexOf(option)] ?? ''}. ${option}`;
}

function benchmarkJson(scenes: readonly SampleScene[], textOf: (question: Question) => string): string {
  const records = scenes.flatMap(({ scene, questions }) =>
    questions.map((question) => ({
      question_type: TASK,
      image_path: [question.image],
      question: textOf(question),
      answer: printed(question, question.gold),
      choices: question.options.map((option) => printed(question, option)).join('\n'),
      boxes: scene.things.map(boxOf),
      asked: question.kind,
      source: 'synthetic',
    })),
  );
  return `${JSON.stringify(records, null, 2)}\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The layout of ViewSpatial-Bench's own evaluation script, with its line ends, and columns that say where the answers come from. */
function resultCsv(answers: readonly Answer[], model: Answerer): string {
  const header =
    'ID,Question,Question_Type,Predicted Answer,Correct Answer,IsCorrect,Script,Training_Seed,Weights_SHA256'.split(
      ',',
    );
  const rows = answers.map(({ question, text, answer }, row) => {
    const options = question.options.map((option) => printed(question, option)).join('\n');
    const prompt = `${text}${options}\nReply only to the corresponding option.\nAnswer:`;
    const verdict = answer === question.gold ? 'True' : 'False';
    const said = [printed(question, answer), printed(question, question.gold), verdict];
    return [String(row), prompt, TASK, ...said, SCRIPT, String(model.seed), model.weights];
  });
  return [header, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** Writes all files below `folder` and returns their paths relative to it. */
export async function writeSamples(folder: string, models: string): Promise<string[]> {
  const scenes = makeScenes();
  const files = new Map<string, string | Buffer>();
  for (const { image, scene } of scenes) files.set(image, encodePng(render(scene), 'synthetic scene'));
  files.set(
    'benchmark.json',
    benchmarkJson(scenes, ({ text }) => text),
  );
  for (const run of RUNS) {
    const model = await Answerer.open(models, run.model);
    files.set(`results/${run.name}/result_${run.name}.csv`, resultCsv(await answersOf(run, model, scenes), model));
    await model.close();
  }
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
  const models = path.resolve(path.dirname(here), '..', 'models');
  process.stdout.write(`${(await writeSamples(folder, models)).length} files written to ${folder}\n`);
}
