import { adaptVis, adaptVisScores } from './adaptVis.js';
import { blinkAnswerMap, blinkPredictionMap, blinkPredictions } from './blink.js';
import { directionLog } from './directionLog.js';
import { cambrianAnswers } from './cambrianAnswers.js';
import { countResults } from './countResults.js';
import { cvBenchPredictions, cvBenchQuestions } from './cvBench.js';
import { embSpatialPredictions, embSpatialQuestions } from './embSpatial.js';
import type { Format } from './format.js';
import { inspectEval, inspectJson } from './inspect.js';
import { llavaAnswers } from './llavaAnswers.js';
import { lmmsEval, lmmsEvalResults } from './lmmsEval.js';
import { lmmsEvalLogs } from './lmmsEvalLogs.js';
import { mme } from './mme.js';
import { plain } from './plain.js';
import { pope } from './pope.js';
import {
  errorReport,
  evaluationLog,
  flipsideRows,
  ownAnnotations,
  ownExport,
  ownPatch,
  ownSample,
  scoreObject,
  scoreTable,
} from './reports.js';
import { reruns } from './reruns.js';
import { satPredictions, satQuestions } from './sat.js';
import { seedBenchPredictions, seedBenchQuestions } from './seedBench.js';
import { spatialRgpt, spatialRgptQuestions } from './spatialRgpt.js';
import { spatialmqa, spatialmqaPredictions } from './spatialmqa.js';
import { viewspatialBenchmark } from './viewspatialBenchmark.js';
import { viewspatialCsv } from './viewspatialCsv.js';
import { vlmevalkit, vlmevalkitScores } from './vlmevalkit.js';
import { vsr, vsrPredictions, vsrRelationFamilies } from './vsr.js';
import { spatialCaptions, whatsupCaptions } from './whatsupCaptions.js';
import { whatsupPrompts, whatsupPromptsDefinition } from './whatsupPrompts.js';
import { whatsupScores } from './whatsupScores.js';

/** The generic reader, and what knows files that hold nobody's items: logs, scores, Flipside's own output. */
const GENERIC: readonly Format[] = [
  ownAnnotations,
  ownExport,
  flipsideRows,
  ownPatch,
  ownSample,
  errorReport,
  evaluationLog,
  scoreTable,
  scoreObject,
  plain,
];

/** Every format that Flipside reads. A new one is a module beside these and a line here. */
export const FORMATS: readonly Format[] = [
  viewspatialCsv,
  viewspatialBenchmark,
  directionLog,
  whatsupPrompts,
  whatsupPromptsDefinition,
  whatsupScores,
  whatsupCaptions,
  spatialCaptions,
  blinkPredictions,
  blinkPredictionMap,
  blinkAnswerMap,
  pope,
  mme,
  llavaAnswers,
  vsr,
  vsrPredictions,
  vsrRelationFamilies,
  spatialmqa,
  spatialmqaPredictions,
  cvBenchQuestions,
  cvBenchPredictions,
  embSpatialQuestions,
  embSpatialPredictions,
  satQuestions,
  satPredictions,
  seedBenchQuestions,
  seedBenchPredictions,
  cambrianAnswers,
  countResults,
  spatialRgpt,
  spatialRgptQuestions,
  adaptVis,
  adaptVisScores,
  vlmevalkit,
  vlmevalkitScores,
  lmmsEval,
  lmmsEvalResults,
  lmmsEvalLogs,
  inspectEval,
  inspectJson,
  reruns,
  ...GENERIC,
];

/** Who reads the files: the tools' own readers with the generic one behind them, or the generic one alone. */
export const READERS = ['own', 'generic'] as const;
export type ReaderName = (typeof READERS)[number];

/** The formats that take part where files are read so. */
export function formatsOf(reader: ReaderName): readonly Format[] {
  return reader === 'generic' ? GENERIC : FORMATS;
}
