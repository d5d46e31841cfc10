import { isJsonObject, type Json, type JsonObject } from '../model.js';
import type { Format, Record_, Shape } from './format.js';
import { sampleItems, type LogName } from './lmmsEval.js';
import { pathParts } from './recordFields.js';
import { objectOf, textOf } from './recordValues.js';
import { readSamples } from './samples.js';

/**
 * lmms-eval's logs before September 2024: one object for each task, `{args, model_configs, logs: [sample, …], time}` (`config` in place
 * of `model_configs` in the first releases), in `{time}_{suffix}_{model}_model_args_{hash}/{task}.json`. A sample has the keys of today's
 * files, its document among them. Source: EvolvingLMMs-Lab/lmms-eval v0.1 and v0.2, lmms_eval/__main__.py `cli_evaluate_single`
 * (`data_to_dump`) and lmms_eval/evaluator.py (`example`).
 */
export const lmmsEvalLogs: Format = {
  id: 'lmms-eval-logs',
  version: 1,
  title: 'lmms-eval logs (before September 2024)',
  detect(shape) {
    if (!logsOf(shape).some(isSample)) return null;
    const { model, task } = namesIn(shape);
    const reason =
      "One object of args, configuration and logs with doc_id, target and filtered_resps: lmms-eval's older log.";
    return { role: 'run', confidence: 0.95, reason, model, dataset: task };
  },
  read(source) {
    const name = namesIn(source.shape);
    return readSamples(recordsOf(source.shape), (value, row) => sampleItems(value, row, name));
  },
};

function logsOf({ container, root }: Shape): readonly Json[] {
  const logs = container === 'json-object' ? root?.['logs'] : null;
  return Array.isArray(logs) && isJsonObject(root?.['args']) ? logs : [];
}

function isSample(value: Json): boolean {
  return isJsonObject(value) && ['doc_id', 'target', 'filtered_resps'].every((key) => key in value);
}

async function* recordsOf(shape: Shape): AsyncGenerator<Record_> {
  for (const [at, value] of logsOf(shape).entries()) {
    const row = at + 1;
    const record: Record_ = isJsonObject(value)
      ? { row, value, flags: [] }
      : { row, reason: 'not an object', detail: `${shape.path}, log ${String(row)}: expected a sample of lmms-eval.` };
    yield await Promise.resolve(record);
  }
}

/** The checkpoint in the model's arguments, else the wrapper's name; the task in its configuration, else in the file's name. */
function namesIn({ path, root }: Shape): LogName {
  const args: JsonObject = objectOf(root?.['args']);
  const pretrained = /(?:^|,)(?:pretrained|model_version|model)=([^,]+)/.exec(textOf(args['model_args']) ?? '')?.[1];
  const config = objectOf(root?.['model_configs'] ?? root?.['config']);
  return { model: pretrained ?? textOf(args['model']), task: textOf(config['task']) ?? pathParts(path).stem };
}
