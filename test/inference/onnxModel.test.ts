import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attribute, decodeModel, encodeModel, valueInfo } from '../../src/inference/onnx/model.js';
import { MessageWriter, ProtobufError } from '../../src/inference/onnx/protobuf.js';
import { floatsOf, integersOf, readTensor, tensorOf } from '../../src/inference/onnx/tensor.js';
import { modelOf, weights } from './graphs.js';

const MODEL = modelOf({
  input: [2, 3, 4, 4],
  steps: [
    ['Conv', ['x', 'w', ''], 'c', { strides: [2, 2], auto_pad: 'SAME_UPPER', group: 1 }],
    ['LeakyRelu', ['c'], 'y', { alpha: { float: 0.25 } }],
  ],
  constants: { w: weights([4, 3, 3, 3], 1), to: { integers: [-1, 3] } },
});

describe('ONNX files', () => {
  it('come back as they were written', () => {
    const bytes = encodeModel(MODEL);
    const read = decodeModel(bytes);
    assert.deepEqual(encodeModel(read), bytes);
    const [conv, relu] = read.graph.nodes;
    assert.deepEqual([conv?.op, conv?.inputs, conv?.outputs], ['Conv', ['x', 'w', ''], ['c']]);
    const attributes = [...(conv?.attributes.values() ?? [])].map(({ name, integers, text, integer }) => [
      name,
      integers ?? text ?? integer,
    ]);
    assert.deepEqual(attributes, [
      ['strides', [2, 2]],
      ['auto_pad', 'SAME_UPPER'],
      ['group', 1],
    ]);
    assert.equal(relu?.attributes.get('alpha')?.float, 0.25);
    assert.deepEqual([...read.opsets], [['', 17]]);
    assert.deepEqual(read.graph.inputs[0]?.dims, [2, 3, 4, 4]);
    assert.equal(read.graph.outputs[0]?.dims, null);
    const [w, to] = read.graph.constants;
    assert.ok(w !== undefined && to !== undefined);
    assert.deepEqual([w.dims, floatsOf(w).length, integersOf(to)], [[4, 3, 3, 3], 108, [-1, 3]]);
    assert.throws(() => floatsOf(to), ProtobufError);
    assert.throws(() => integersOf(w), ProtobufError);
  });

  it('keep open dimensions, and fields that nothing here reads', () => {
    const info = valueInfo('image', 1, ['N', 3, '', 96]);
    const unknown = new MessageWriter().text(10, 'a description').finish();
    const model = { ...MODEL, graph: { ...MODEL.graph, inputs: [info], others: [unknown] }, others: [unknown] };
    const read = decodeModel(encodeModel(model));
    assert.deepEqual(read.graph.inputs[0]?.dims, ['N', 3, '', 96]);
    assert.deepEqual([read.others, read.graph.others], [[unknown], [unknown]]);
  });

  it('hold numbers in fields of their own as well as in bytes', () => {
    const [float, integer] = [new MessageWriter(), new MessageWriter()];
    float.integer(1, 2).integer(2, 1).float(4, 0.5).float(4, -2).text(8, 'f');
    integer.integer(1, 1).integer(2, 7).integer(7, -5).text(8, 'i');
    assert.deepEqual(floatsOf(readTensor(float.finish())), [0.5, -2]);
    assert.deepEqual(integersOf(readTensor(integer.finish())), [-5]);
    const made = tensorOf('t', [2, 1], Float32Array.from([1, 2]));
    assert.deepEqual(floatsOf(readTensor(made.encoded)), [1, 2]);
    assert.equal(attribute('axis', -1).integer, -1);
  });

  it('are refused as what they are not where they are cut off, and never read past their end', () => {
    const bytes = encodeModel(MODEL);
    let refused = 0;
    for (let end = 1; end < bytes.length; end++) {
      try {
        decodeModel(bytes.subarray(0, end));
      } catch (error) {
        assert.ok(error instanceof ProtobufError, String(error));
        refused++;
      }
    }
    // Cut between two fields of the model, what is left is a message.
    assert.ok(refused >= bytes.length - 10, `${refused} of ${bytes.length}`);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          decodeModel(noise);
        } catch (error) {
          assert.ok(error instanceof ProtobufError, String(error));
        }
      }),
    );
  });
});
