import path from 'node:path';
import { keyOf } from '../store/cache.js';
import type { Listed } from './itemFolders.js';

/** A run's file, with those that repeat it and the verdicts on it. */
export interface RunGroup extends Listed {
  readonly aliases: readonly string[];
  readonly judgement: Listed | null;
}

/**
 * Byte-identical files are one run with aliases, unless their paths name different models; a file of verdicts belongs to
 * the predictions it repeats, where they are present.
 */
export function groupRuns(runs: readonly Listed[]): RunGroup[] {
  const byFile = new Map(runs.map((run) => [run.file, run]));
  const judgements = new Map<string, Listed>();
  for (const run of runs) {
    const base = run.entry.detected?.judges;
    if (base !== undefined && byFile.has(base) && !judgements.has(base)) judgements.set(base, run);
  }
  const absorbed = new Set([...judgements.values()].map((run) => run.file));
  const groups = new Map<string, { first: Listed; aliases: string[] }>();
  for (const run of runs) {
    if (absorbed.has(run.file)) continue;
    const key = keyOf([run.entry.sha256, run.entry.format, run.entry.detected?.model ?? modelInPath(run.file)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: run, aliases: [] });
    else group.aliases.push(run.file);
  }
  return [...groups.values()].map(({ first, aliases }) => {
    const judgement = judgements.get(first.file) ?? null;
    return { ...first, judgement, aliases: judgement === null ? aliases : [...aliases, judgement.file] };
  });
}

/** Names of model families, and sizes ("7b"), as folders and files of results carry them. */
const MODEL_NAME =
  /llava|qwen|gpt|gemini|claude|internvl|idefics|blip|cogvlm|deepseek|pixtral|gemma|smolvlm|molmo|llama|mplug|minicpm|ovis|phi-?\d|(?<![a-z\d])\d+(?:\.\d+)?b(?![a-z\d])/i;

/** The last part of a path that names a model; null where none does. Tells copies of a run from equal runs of two models. */
function modelInPath(file: string): string | null {
  return file.split(path.sep).findLast((part) => MODEL_NAME.test(part)) ?? null;
}
