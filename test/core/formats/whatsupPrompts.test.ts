import assert from 'node:assert/strict';
import { whatsupPrompts, whatsupPromptsDefinition } from '../../../src/core/formats/whatsupPrompts.js';
import { fixture, openFile, readAll, recognised } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

const printed = (options: readonly { label: string | null; text: string }[]): string[] =>
  options.map((option) => `${option.label ?? '-'}=${option.text}`);

describe('whatsup-prompts', () => {
  it('reads each prompt label as a run of its own', async () => {
    const source = await openFile(fixture('whatsup-prompts', 'v1', 'results.json'));
    const detected = recognised(whatsupPrompts, source.shape);
    assert.equal(detected.role, 'run');
    assert.equal(detected.dataset, "What'sUp");
    const { items, dropped } = await readAll(whatsupPrompts, source);
    assert.deepEqual(dropped, []);
    assert.deepEqual(
      items.map((item) => [item.split, item.id, item.relation, item.contrastSet, item.gold, item.response]),
      [
        ['Multiple Choice', 'spoon_left_of_stool.jpeg', 'left_of', 'spoon|stool', 'Left', 'A'],
        ['Chain-of-Thought', 'spoon_left_of_stool.jpeg', 'left_of', 'spoon|stool', 'Left', 'Left'],
        ['Multiple Choice', 'spoon_on_stool.jpeg', 'on', 'spoon|stool', 'On top', 'D: Under'],
        ['Chain-of-Thought', 'spoon_on_stool.jpeg', 'on', 'spoon|stool', 'On top', 'On top'],
        ['Multiple Choice', 'tea-cup_in-front_of_jug.jpeg', 'in-front_of', 'tea-cup|jug', 'Front', 'B'],
        ['Chain-of-Thought', 'tea-cup_in-front_of_jug.jpeg', 'in-front_of', 'tea-cup|jug', 'Front', 'Front'],
        ['Multiple Choice', 'photos/unnamed.jpeg', null, null, 'Under', ''],
      ],
    );
    assert.deepEqual(printed(items[0]?.options ?? []), ['C=On top', 'D=Under', 'A=To the left', 'B=To the right']);
    assert.deepEqual(printed(items[1]?.options ?? []), ['-=Left', '-=Right', '-=On top', '-=Under']);
    for (const item of items.slice(0, 4)) {
      assert.equal(item.question, 'Where is the spoon relative to the stool?');
      assert.equal(item.frame, 'camera');
      assert.equal(item.convention, 'toward-viewer');
    }
    assert.equal(items[1]?.confidence, 0.75);
    assert.equal(items[1]?.meta['scene_graph'], 'A spoon and a stool.');
    assert.equal(items[1]?.meta['step1_confidence'], 1e-9);
    assert.equal(items[6]?.confidence, null, 'a confidence above 1 is none');
  });

  it('reads the definition: one item per image, options from the prompt with letters', async () => {
    const source = await openFile(fixture('whatsup-prompts', 'v1', 'prompts.json'));
    assert.equal(recognised(whatsupPromptsDefinition, source.shape).role, 'definition');
    const { items, dropped } = await readAll(whatsupPromptsDefinition, source);
    assert.deepEqual(
      items.map((item) => [item.row, item.id, item.gold, item.contrastSet]),
      [
        [1, 'spoon_left_of_stool.jpeg', 'Left', 'spoon|stool'],
        [2, 'spoon_on_stool.jpeg', 'On top', 'spoon|stool'],
        [4, 'tea-cup_behind_jug.jpeg', null, 'tea-cup|jug'],
        [5, 'tea-cup_in-front_of_jug.jpeg', 'Front', 'tea-cup|jug'],
      ],
    );
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[3, 'missing field']],
    );
    assert.deepEqual(printed(items[0]?.options ?? []), ['C=On top', 'D=Under', 'A=To the left', 'B=To the right']);
    assert.equal(items[0]?.question, 'Where is the spoon relative to the stool?');
  });

  it('keeps results and definition apart', async () => {
    const results = await openFile(fixture('whatsup-prompts', 'v1', 'results.json'));
    const prompts = await openFile(fixture('whatsup-prompts', 'v1', 'prompts.json'));
    assert.equal(whatsupPromptsDefinition.detect(results.shape), null);
    assert.equal(whatsupPrompts.detect(prompts.shape), null);
  });
});

describeReal('whatsup-prompts on real files', () => {
  it('three runs of 418 images, each in a contrast set', async () => {
    const source = await openFile(realData('whatsup-prompts', 'results.json'));
    recognised(whatsupPrompts, source.shape);
    const { items, dropped } = await readAll(whatsupPrompts, source);
    assert.deepEqual(dropped, []);
    assert.equal(items.length, 1254);
    const bySplit = new Map<string | null, Set<string | null>>();
    for (const item of items) bySplit.set(item.split, (bySplit.get(item.split) ?? new Set()).add(item.id));
    assert.deepEqual(
      [...bySplit].map(([split, ids]) => [split, ids.size]),
      [
        ['Multiple Choice', 418],
        ['Chain-of-Thought', 418],
        ['Scene Graph CoT', 418],
      ],
    );
    assert.equal(new Set(items.map((item) => item.contrastSet)).size, 105);
    for (const item of items) {
      assert.equal(item.options.length, 4);
      assert.match(item.question ?? '', /^Where is the .+ relative to the .+\?$/);
      assert.ok(item.relation !== null && item.gold !== null && item.confidence !== null);
    }
  });
  it('418 images in the definition', async () => {
    const source = await openFile(realData('whatsup-prompts', 'prompts.json'));
    recognised(whatsupPromptsDefinition, source.shape);
    const { items, dropped } = await readAll(whatsupPromptsDefinition, source);
    assert.deepEqual([items.length, dropped.length], [418, 0]);
    assert.ok(items.every((item) => item.gold !== null && item.options.length === 4 && item.contrastSet !== null));
  });
});
