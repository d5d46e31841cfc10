import path from 'node:path';
import type { BackendType } from '../backend.js';
import { findManifests } from './onnx/find.js';
import { OnnxBackend } from './onnx/onnxBackend.js';

/** The models that come with Flipside: small, offline, and of synthetic scenes only. */
export const bundled: BackendType = {
  kind: 'bundled',
  find: ({ bundled: folder }) => findManifests(folder, 'bundled', (file) => path.basename(file, '.json')),
  open: (model, { device }) => OnnxBackend.open(model, device ?? null),
};
