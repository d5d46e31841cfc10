import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { InferenceBackend, Question } from '../../../../src/inference/backend.js';
import { FileTokenizer } from '../../../../src/inference/backends/onnx/fileTokenizer.js';
import { onnx } from '../../../../src/inference/backends/onnx.js';
import { encodeModel, valueInfo } from '../../../../src/inference/onnx/model.js';
import type { ModelPlaces } from '../../../../src/protocol/inference.js';
import { modelOf } from '../../graphs.js';

const { signal } = new AbortController();
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const added = SPECIAL.map((content, id) => ({ id, content, special: true, single_word: false }));

/** Whole words, in small letters, between two special tokens. */
const WORDS = {
  ...{ version: '1.0', truncation: null, padding: null, added_tokens: added, decoder: null },
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  model: {
    type: 'WordLevel',
    vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, is: 4, it: 5, left: 6, right: 7 },
    unk_token: '[UNK]',
  },
};

/** Pairs of letters, with a sign for the blank before a word, and padding that is the end of a text as well. */
const PAIRS = {
  ...{ version: '1.0', truncation: null, normalizer: null, post_processor: null },
  padding: { strategy: 'BatchLongest', direction: 'Right', pad_id: 6, pad_type_id: 0, pad_token: '<end>' },
  added_tokens: [{ id: 6, content: '<end>', special: true, single_word: false }],
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true },
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: { a: 0, b: 1, Ġ: 2, ab: 3, Ġab: 4, c: 5 },
    merges: ['a b', 'Ġ ab'],
    unk_token: null,
  },
};

describe('tokenizers from a file', function () {
  this.timeout(60_000);
  let folder = '';
  const opened: InferenceBackend[] = [];

  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-tokenizer-'))));
  afterEach(async () => {
    for (const backend of opened.splice(0)) await backend.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function load(content: unknown, length: number, pad: number | null = null): Promise<FileTokenizer> {
    const file = path.join(folder, 'tokenizer.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return FileTokenizer.load(file, { kind: 'file', file: 'tokenizer.json', pad }, length);
  }

  it('give numbers with the special tokens, filled up to the length', async () => {
    const tokenizer = await load(WORDS, 7);
    assert.equal(tokenizer.last, 7);
    assert.deepEqual(tokenizer.encode('Is it LEFT'), {
      ids: [2, 4, 5, 6, 3, 0, 0],
      mask: [1, 1, 1, 1, 1, 0, 0],
      words: ['[CLS]', 'is', 'it', 'left', '[SEP]'],
      ...{ unknown: [], cut: 0 },
    });
  });

  it('name words that they do not know', async () => {
    const { ids, words, unknown } = (await load(WORDS, 7)).encode('is Zebra left?');
    assert.deepEqual(ids, [2, 4, 1, 6, 1, 3, 0]);
    assert.deepEqual([words[2], unknown], ['zebra', ['Zebra', 'left?']]);
  });

  it('cut the end of a text, and keep what stands behind it', async () => {
    const { ids, mask, cut } = (await load(WORDS, 4)).encode('is it left right');
    assert.deepEqual([ids, mask, cut], [[2, 4, 5, 3], [1, 1, 1, 1], 2]);
    assert.deepEqual((await load(WORDS, 1)).encode('is it').ids, [2], 'no place for any word');
    const { ids: pairs, cut: last } = (await load(PAIRS, 2)).encode('ab b c');
    assert.deepEqual([pairs, last], [[4, 2], 3]);
  });

  it('put parts of words together, with the padding of the file or the one that is stated', async () => {
    const { ids, mask, words } = (await load(PAIRS, 6)).encode('ab ba<end>');
    assert.deepEqual(ids, [4, 2, 1, 0, 6, 6]);
    assert.deepEqual(mask, [1, 1, 1, 1, 1, 0], 'the end is one of its tokens, and what is behind it is not');
    assert.deepEqual(words, ['ab', 'Ġ', 'b', 'a', '<end>']);
    assert.deepEqual((await load(PAIRS, 4, 5)).encode('ab').ids, [4, 5, 5, 5]);
  });

  const broken: readonly [string, unknown, number | null, RegExp][] = [
    ['no JSON', '{"model": ', null, /The tokenizer .*tokenizer\.json cannot be read as JSON: .*Fetch the model's/],
    [
      'a list',
      [],
      null,
      /tokenizer\.json is no tokenizer that can be read \(.*\)\. The tokenizer\.json of the model was/,
    ],
    ['no model', { ...WORDS, model: undefined }, null, /is no tokenizer that can be read \(.*"model".*\)/],
    ['an unknown model', { ...WORDS, model: { type: 'Other' } }, null, /is no tokenizer that can be read \(.*Other\)/],
    ['another padding', WORDS, 8, /"text\.pad" is 8, and the tokens of .*tokenizer\.json have numbers from 0 to 7\./],
  ];
  for (const [what, content, pad, message] of broken) {
    it(`are refused in words: ${what}`, async () => {
      await assert.rejects(load(content, 4, pad), (error: Error) => {
        assert.equal(error.name, 'FlipsideError');
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('say what they have no number for', async () => {
    const model = { ...WORDS.model, unk_token: null };
    const tokenizer = await load({ ...WORDS, model }, 4);
    assert.throws(
      () => tokenizer.encode('is zebra'),
      /tokenizer\.json has no number for "zebra", and "model\.unk_token" names none/,
    );
  });

  it('may be of pieces that go on a word, or of the likeliest pieces', async () => {
    const plain = { ...WORDS, added_tokens: [], post_processor: null };
    const going = { type: 'WordPiece', vocab: { '[UNK]': 0, ab: 1, '##c': 2 }, unk_token: '[UNK]' };
    const pieces = (await load({ ...plain, model: { ...going, continuing_subword_prefix: '##' } }, 3)).encode('abc d');
    assert.deepEqual([pieces.ids, pieces.unknown], [[1, 2, 0], ['d']]);
    const blank = { type: 'Metaspace', replacement: '▁', add_prefix_space: true };
    const vocab = [
      ['<unk>', 0],
      ['▁ab', -1],
      ['c', -2],
      ['▁', -3],
    ];
    const likeliest = { ...plain, pre_tokenizer: blank, decoder: blank, model: { type: 'Unigram', vocab, unk_id: 0 } };
    const { ids, words, unknown } = (await load(likeliest, 4)).encode('abc d');
    assert.deepEqual([ids, words, unknown], [[1, 2, 3, 0], ['ab', 'c', '▁', 'd'], ['d']]);
  });

  const MANIFEST = {
    ...{ flipside: 1, name: 'Words', graph: 'graph.onnx' },
    image: { input: 'x', width: 2, height: 2 },
    text: { input: 'tokens', mask: 'mask', length: 5, tokenizer: 'tokenizer.json', embedding: 'vectors' },
    output: { logits: 'y', classes: [{ name: 'left' }, { name: 'right' }] },
  };

  /** A graph that adds the vectors of a text's tokens to nothing of the picture; so many vectors. */
  function put(vectors: number, manifest: object = MANIFEST): ModelPlaces {
    const floats = Array.from({ length: vectors * 2 }, (_, at) =>
      at === 2 * 6 ? 2 : at === 2 * 7 + 1 ? 3 : at === 0 ? 50 : 0,
    );
    const model = modelOf({
      input: [2, 3, 2, 2],
      steps: [
        ['Gather', ['words', 'tokens'], 'vectors'],
        ['Cast', ['mask'], 'ones', { to: 1 }],
        ['Unsqueeze', ['ones', 'last'], 'column'],
        ['Mul', ['vectors', 'column'], 'masked'],
        ['ReduceSum', ['masked', 'first'], 'text', { keepdims: 0 }],
        ['Flatten', ['x'], 'flat', { axis: 1 }],
        ['MatMul', ['flat', 'none'], 'image'],
        ['Add', ['image', 'text'], 'y'],
      ],
      constants: {
        words: { dims: [vectors, 2], floats },
        none: { dims: [12, 2], floats: Array.from({ length: 24 }, () => 0) },
        ...{ last: { integers: [2] }, first: { integers: [1] } },
      },
    });
    const inputs = [
      valueInfo('x', 1, ['N', 3, 2, 2]),
      valueInfo('tokens', 7, ['N', 5]),
      valueInfo('mask', 7, ['N', 5]),
    ];
    writeFileSync(path.join(folder, 'graph.onnx'), encodeModel({ ...model, graph: { ...model.graph, inputs } }));
    writeFileSync(path.join(folder, 'model.json'), JSON.stringify(manifest));
    return { bundled: '', folders: [folder], endpoints: [], processes: [], device: 'cpu' };
  }

  async function open(places: ModelPlaces): Promise<InferenceBackend> {
    const [found = assert.fail(), ...others] = await onnx.find(places, signal);
    assert.deepEqual([others, found.missing], [[], null]);
    const backend = await onnx.open(found, places, signal);
    opened.push(backend);
    return backend;
  }

  function asked(question: string): Question {
    const options = ['left', 'right'].map((text) => ({ label: null, text }));
    return {
      question,
      options,
      images: [{ width: 2, height: 2, data: new Uint8Array(12), encoded: null }],
      prompt: null,
    };
  }

  it('make the inputs of a graph, with the mask', async () => {
    const places = put(8);
    await load(WORDS, 5);
    const backend = await open(places);
    const scores = await backend.score(['left it', 'it right', 'zebra', 'it it it it left'].map(asked), signal);
    const sure = scores.map(({ probabilities }) => probabilities[0] ?? NaN);
    // Vectors of [PAD] would weigh 50 where the mask let them.
    const expected = [2, -3, 0, 0].map((logit) => 1 / (1 + Math.exp(-logit)));
    assert.ok(
      sure.every((each, at) => Math.abs(each - (expected[at] ?? NaN)) < 1e-6),
      sure.join(),
    );
    const notes = scores.map((score) => score.notes);
    assert.deepEqual(notes, [
      [],
      [],
      ['The model does not know: zebra.'],
      ['The question is too long for the model: its last 2 tokens were cut.'],
    ]);
    const maps = await backend.gradient?.(asked('left it'), [1, -1], signal);
    assert.deepEqual(
      maps?.tokens?.map(({ text }) => text),
      ['[CLS]', 'left', 'it', '[SEP]'],
    );
  });

  it('that are missing are told where models are listed', async () => {
    const [found] = await onnx.find(put(8), signal);
    assert.match(
      found?.missing ?? '',
      /The tokenizer .*tokenizer\.json is missing; .*model\.json names it\. Put the model's/,
    );
    put(8, { ...MANIFEST, text: { ...MANIFEST.text, tokenizer: 'bytes' } });
    const [other] = await onnx.find(put(8, { ...MANIFEST, text: { ...MANIFEST.text, tokenizer: 'bytes' } }), signal);
    assert.match(other?.missing ?? '', /"text\.tokenizer" is "bytes"; "words" or a file of JSON was expected/);
    const [padding] = await onnx.find(put(8, { ...MANIFEST, text: { ...MANIFEST.text, pad: -1 } }), signal);
    assert.match(padding?.missing ?? '', /"text\.pad" is -1; a whole number, 0 or more was expected/);
  });

  it('of another graph are found when it is loaded', async () => {
    const places = put(7);
    await load(WORDS, 5);
    await assert.rejects(
      open(places),
      /The tokenizer of .*model\.json does not belong to its graph: the tokens of tokenizer\.json have numbers up to 7, and the graph knows 7, from 0 on\./,
    );
  });
});
