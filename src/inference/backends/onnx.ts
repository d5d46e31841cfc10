import type { BackendType } from '../backend.js';
import { findManifests } from './onnx/find.js';
import { OnnxBackend } from './onnx/onnxBackend.js';

/** The user's own ONNX graphs, each described by a manifest beside it. */
export const onnx: BackendType = {
  kind: 'onnx',
  find: async ({ folders }) =>
    (await Promise.all(folders.map((folder) => findManifests(folder, 'onnx', (file) => file)))).flat(),
  open: (model, { device }) => OnnxBackend.open(model, device ?? null),
};
