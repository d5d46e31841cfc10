import type { Overview } from '../../../src/protocol/analysis.js';

/** Ids as the index makes them: paths that begin alike. */
export const RUNS: readonly (readonly [id: string, model: string | null, items: number])[] = [
  ['results/ViewSpatial-Bench/mvsm_merged_bf16/result_mvsm_merged_bf16.csv', 'mvsm_merged_bf16', 303],
  ['results/ViewSpatial-Bench/Qwen2.5-VL-3B-Instruct/result.csv', 'Qwen2.5-VL-3B-Instruct', 256],
  ['results/ViewSpatial-Bench/unnamed/result_2026-05-01.csv', null, 81],
  [
    'results/checkpoints/last.jsonl',
    'llava-onevision-qwen2-72b-ov-chat-spatial-sft-epoch3-step-120000-merged-bf16-with-visual-prompts',
    44,
  ],
];

export const OVERVIEW: Overview = {
  id: 'first',
  complete: true,
  lens: { name: 'axes', version: '1', note: null },
  lenses: ['axes', 'angular'],
  runs: RUNS.map(([id, model, items]) => ({
    ...{ id, model, items, file: `/data/results/${id}`, dataset: 'ViewSpatial-Bench', format: 'viewspatial' },
    ...{ wrong: items, noGold: 0, accuracy: 0.35, ci95: null, correctUnits: 0, units: items, chance: null },
    ...{ part: null, content: '', coverage: null, warnings: [], classes: [] },
  })),
  datasets: [],
  skipped: [],
  fields: [
    ...['run', 'class', 'outcome', 'axis', 'drift', 'task', 'relation', 'family', 'frame', 'agreement', 'flags'],
    ...['confidence', 'angle', 'kind', 'meta.camera.height', 'meta.scene'],
  ].map((name) => ({ name, type: 'text', metadata: name.startsWith('meta.') })),
  rows: 858,
};
