import type { BackendType } from '../backend.js';
import { bundled } from './bundled.js';
import { onnx } from './onnx.js';
import { openAi } from './openAi.js';
import { processModels } from './process.js';
import { transformersJs } from './transformersJs.js';

/** Every way to run a model, in the order in which models are listed. */
export const BACKENDS: readonly BackendType[] = [bundled, onnx, transformersJs, openAi, processModels];
