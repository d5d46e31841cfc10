import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { OpenParams } from '../src/protocol/analysis.js';
import { AnalysisClient } from '../src/views/analysisClient.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The analysis process as it ships, spoken to as the extension does. */
export function analysisProcess(): AnalysisClient {
  const script = path.join(root, 'dist', 'server.cjs');
  const silent = { info: () => undefined, error: (line: string) => process.stderr.write(`${line}\n`) };
  return new AnalysisClient({ script, program: () => ({ node: process.execPath, env: process.env }), log: silent });
}

/** How the benchmark opens one file. */
export function paramsFor(file: string, cacheDir: string): OpenParams {
  return {
    paths: [file],
    homes: [],
    lens: 'axes',
    answers: 'default',
    cacheDir,
    images: { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e8, maxPixels: 1e8 },
  };
}
