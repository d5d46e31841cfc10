import assert from 'node:assert/strict';
import { adaptVis, adaptVisScores } from '../../../src/core/formats/adaptVis.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';

const WHATSUP = fixture('adaptvis', 'v1', 'results1.5_Controlled_Images_A_scaling_vis_0.5_fouroption_False.json');
const VSR = fixture('adaptvis', 'v1', 'results_VSR_base_1.0.json');

describe('formats: AdaptVis', () => {
  it('recognises generations, and takes dataset and version of the model from the name', async () => {
    const whatsup = recognised(adaptVis, (await openFile(WHATSUP)).shape);
    assert.deepEqual([whatsup.role, whatsup.model, whatsup.dataset], ['run', 'llava1.5', "What'sUp"]);
    const vsr = recognised(adaptVis, (await openFile(VSR)).shape);
    assert.deepEqual([vsr.model, vsr.dataset], [null, 'VSR']);
    assert.equal(adaptVis.detect(shapeOf('a.json', 'json-array', [{ Prompt: 'x', Generation: 'y' }])), null);
  });

  it('reads the offered words out of the prompt, and drops a record without an answer', async () => {
    const { items, dropped } = await readAll(adaptVis, await openFile(WHATSUP));
    assert.deepEqual(
      items.map(({ question, options, gold, response }) => [question, options.map(({ text }) => text), gold, response]),
      [
        ['Where is the teapot in relation to the crate?', ['left', 'right', 'on', 'under'], 'Left', 'Right'],
        [
          'Where is the teapot in relation to the crate?',
          ['left', 'right', 'on', 'under'],
          'On',
          'The teapot is on the crate.',
        ],
        [
          'Where is the teapot in relation to the crate?',
          ['left', 'right', 'in front of', 'behind'],
          'Behind',
          'In front of',
        ],
      ],
    );
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[4, 'missing field']],
    );
  });

  it("reads VSR's statements as yes/no questions, and keeps what is no probability as it is", async () => {
    const { items } = await readAll(adaptVis, await openFile(VSR));
    assert.deepEqual(
      items.map(({ kind, gold, confidence, meta }) => [kind, gold, confidence, meta]),
      [['yes-no', 'No', null, { Uncertainty: 0.83 }]],
    );
  });

  it('recognises the scores', async () => {
    const { shape } = await openFile(fixture('adaptvis', 'v1', 'res.json'));
    assert.equal(recognised(adaptVisScores, shape).role, 'aggregate');
    assert.equal(adaptVisScores.detect(shapeOf('a.json', 'json-lines', [{ dataset: 'x', method: 'y' }])), null);
  });
});
