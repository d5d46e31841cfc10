import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { FORMATS } from '../../../src/core/formats/all.js';
import { shapeOf } from '../../../src/core/analysis/openFile.js';
import { FlipsideError, type JsonObject } from '../../../src/core/model.js';
import { fixture, objectShape, readAll, shapeOf as shapeOfRecords, sourceOf } from '../../support/formatSource.js';

/** Formats that read one record after another, with the keys that they look at. */
const RECORDS: Readonly<Record<string, readonly string[]>> = {
  'cv-bench-predictions': ['idx', 'type', 'task', 'question', 'choices', 'answer', 'source', 'filename', 'prediction'],
  'embspatial-predictions': ['question_id', 'question', 'relation', 'answer', 'answer_options', 'pred', 'correct'],
  'sat-predictions': ['question', 'answers', 'correct_answer', 'correct_answer_idx', 'question_type', 'response'],
  'seed-bench-questions': ['question_id', 'question', 'answer', 'choice_a', 'choice_b', 'question_type_id', 'data_id'],
  'seed-bench-predictions': ['q_id', 'prediction', 'gt', 'q_type_id'],
  'cambrian-answers': ['questionId', 'prompt', 'answer', 'gt_answer', 'category', 'options', 'image', 'model_id'],
  spatialrgpt: ['question_id', 'question', 'pred', 'gt', 'qa_info', 'llm_match_info', 'image', 'model_id'],
  'spatialrgpt-questions': ['id', 'text_q', 'qa_info', 'conversations', 'image_info', 'bbox'],
  adaptvis: ['Prompt', 'Generation', 'Golden', 'Uncertainty'],
  'whatsup-captions': ['image_path', 'caption_options'],
  'whatsup-scores': ['values'],
};

describe('formats: any record', () => {
  for (const [id, keys] of Object.entries(RECORDS)) {
    it(`becomes one item or one dropped record of ${id}`, async () => {
      const format = FORMATS.find((each) => each.id === id);
      assert.ok(format !== undefined);
      const record = fc.dictionary(fc.constantFrom(...keys, '__proto__'), fc.oneof(fc.jsonValue(), fc.string()));
      await fc.assert(
        fc.asyncProperty(fc.array(record, { maxLength: 4 }), async (records) => {
          const rows = JSON.parse(JSON.stringify(records)) as JsonObject[];
          const shape = shapeOfRecords('x.jsonl', 'json-lines', rows);
          format.detect(shape);
          const { items, dropped } = await readAll(format, sourceOf(shape));
          assert.deepEqual(
            [...items, ...dropped].map(({ row }) => row).sort((one, other) => one - other),
            rows.map((_, at) => at + 1),
          );
        }),
        { numRuns: 60 },
      );
    });
  }

  for (const [id, key] of [
    ['count-results', 'results'],
    ['lmms-eval-logs', 'logs'],
    ['seed-bench-questions', 'questions'],
  ] as const) {
    it(`of the list in one object becomes one item or one dropped record of ${id}`, async () => {
      const format = FORMATS.find((each) => each.id === id);
      assert.ok(format !== undefined);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 4 }), async (values) => {
          const root = JSON.parse(JSON.stringify({ args: {}, [key]: values })) as JsonObject;
          const shape = objectShape('x.json', root);
          format.detect(shape);
          const { items, dropped } = await readAll(format, sourceOf(shape));
          assert.equal(items.length + dropped.length, values.length);
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('formats: the registry', () => {
  it('has no two formats of one id', () => {
    const ids = FORMATS.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('has no two formats that are equally sure of a fixture', async function () {
    this.timeout(120_000);
    const entries = await readdir(fixture(), { withFileTypes: true, recursive: true });
    let read = 0;
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = path.join(entry.parentPath, entry.name);
      const shape = await shapeOf(file).catch((error: unknown) => {
        if (error instanceof FlipsideError) return null;
        throw error;
      });
      if (shape === null) continue;
      const sure = FORMATS.flatMap((format) => {
        const detected = format.detect(shape);
        return detected === null ? [] : [{ id: format.id, confidence: detected.confidence }];
      });
      const best = Math.max(0, ...sure.map(({ confidence }) => confidence));
      const surest = sure.filter(({ confidence }) => confidence === best).map(({ id }) => id);
      assert.ok(surest.length <= 1, `${path.relative(fixture(), file)}: ${surest.join(', ')}`);
      read += surest.length;
    }
    assert.ok(read > 50, `only ${String(read)} fixtures were recognised`);
  });
});
