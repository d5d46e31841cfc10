import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import sharp from 'sharp';
import { FlipsideError, type Json, type JsonObject } from '../../../src/core/model.js';
import type { InferenceBackend } from '../../../src/inference/backend.js';
import { readOptions } from '../../../src/inference/serve/chatRequest.js';
import { startServer, type Serving } from '../../../src/inference/serve/server.js';
import { scoring, writing } from './tinyBackend.js';

const PROMPT = 'Where is the cup?\nA. left\nB. right\nC. above\nAnswer with the letter of the right option only.';

describe('flipside serve', () => {
  const open: Serving[] = [];
  const logged: string[] = [];

  async function serve(backend: InferenceBackend | Promise<InferenceBackend>): Promise<Serving> {
    const signal = new AbortController().signal;
    const log = (line: string): void => void logged.push(line);
    const serving = await startServer({ backend, host: '127.0.0.1', port: 0, signal, log });
    open.push(serving);
    return serving;
  }

  async function ask(serving: Serving, body: Json, headers: Record<string, string> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${serving.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
    });
    return { status: response.status, text: await response.text() };
  }

  async function answer(serving: Serving, body: JsonObject): Promise<Completion> {
    const { status, text } = await ask(serving, body);
    assert.equal(status, 200, text);
    return JSON.parse(text) as Completion;
  }

  async function refusal(
    serving: Serving,
    body: Json,
    headers: Record<string, string> = {},
  ): Promise<[number, string]> {
    const { status, text } = await ask(serving, body, headers);
    const { error } = JSON.parse(text) as { error: { message: string; type: string; code: number } };
    assert.equal(error.code, status);
    return [status, error.message];
  }

  afterEach(async () => {
    await Promise.all(open.splice(0).map((serving) => serving.close()));
    logged.length = 0;
  });

  it('answers with the letter of a model that only scores, and tells its probabilities', async () => {
    const backend = scoring();
    const serving = await serve(backend);
    const body = { ...asked([await picture('#ff0000')]), logprobs: true, top_logprobs: 20, temperature: 0 };
    const { model, choices, usage } = await answer(serving, body);
    assert.equal(model, 'bundled:tiny');
    assert.equal(choices[0]?.message.content, 'A');
    const top = choices[0]?.logprobs?.content[0]?.top_logprobs ?? [];
    assert.deepEqual(
      top.map(({ token, logprob }) => [token, Math.exp(logprob).toFixed(6)]),
      [
        ['A', '0.800000'],
        ['B', '0.100000'],
        ['C', '0.100000'],
      ],
    );
    assert.deepEqual(usage, { prompt_tokens: 19, completion_tokens: 1, total_tokens: 20 });
    const [seen] = backend.seen;
    assert.deepEqual(seen?.options, [
      { label: 'A', text: 'left' },
      { label: 'B', text: 'right' },
      { label: 'C', text: 'above' },
    ]);
    assert.equal(seen?.question, 'Where is the cup?');
    assert.equal(seen?.prompt, null);
    assert.deepEqual([seen?.images[0]?.width, [...(seen?.images[0]?.data.subarray(0, 3) ?? [])]], [8, [255, 0, 0]]);
  });

  it('draws n answers, the same ones for the same seed', async () => {
    const serving = await serve(scoring());
    const texts = async (seed: number): Promise<string> => {
      const { choices } = await answer(serving, { ...asked([]), n: 60, seed });
      return choices.map(({ message }) => message.content).join('');
    };
    const [first, again, other] = [await texts(1), await texts(1), await texts(2)];
    assert.equal(first, again);
    assert.notEqual(first, other);
    assert.equal(first.length, 60);
    const share = first.replace(/[^A]/g, '').length / 60;
    assert.ok(share > 0.3 && share < 0.7, `A has the probability 0.5, and ${share} of the answers`);
  });

  it('lets a model that writes write what was asked, word for word', async () => {
    const backend = writing();
    const serving = await serve(backend);
    const { choices } = await answer(serving, { ...asked([]), n: 2, seed: 5, max_tokens: 9 });
    assert.deepEqual(
      choices.map(({ index, message }) => [index, message.content]),
      [
        [0, 'Where 5 of 9'],
        [1, 'Where 6 of 9'],
      ],
    );
    assert.equal(backend.seen[0]?.prompt, PROMPT);
  });

  it('gives the log-probabilities of a model that writes as those of the letters', async () => {
    const { choices } = await answer(await serve(writing()), {
      ...asked([]),
      logprobs: true,
      top_logprobs: 1,
      seed: 3,
    });
    assert.match(choices[0]?.message.content ?? '', /^[ABC]$/);
    assert.equal(choices[0]?.logprobs?.content[0]?.top_logprobs.length, 1);
  });

  it('streams', async () => {
    const { status, text } = await ask(await serve(writing()), { ...asked([]), stream: true, seed: 1, max_tokens: 4 });
    assert.equal(status, 200);
    const events = text.split('\n\n').filter((line) => line !== '');
    assert.equal(events.pop(), 'data: [DONE]');
    const parts = events.map((line) => JSON.parse(line.replace('data: ', '')) as Completion);
    assert.equal(parts[0]?.choices[0]?.delta.content, 'Where 1 of 4');
    assert.equal(parts[1]?.choices[0]?.finish_reason, 'stop');
    assert.equal(parts[2]?.usage.completion_tokens, 4);
  });

  it('says which model it runs, and is healthy once that is loaded', async () => {
    let loaded: (backend: InferenceBackend) => void = () => undefined;
    const serving = await serve(new Promise<InferenceBackend>((resolve) => (loaded = resolve)));
    const health = serving.url.replace('/v1', '/health');
    const loading = await fetch(health);
    assert.deepEqual([loading.status, loading.headers.get('retry-after')], [503, '1']);
    assert.match((await refusal(serving, asked([])))[1], /still being loaded/);
    loaded(scoring());
    assert.deepEqual(await (await fetch(health)).json(), { status: 'ok' });
    const list = (await (await fetch(`${serving.url}/models`)).json()) as { data: { id: string }[] };
    assert.deepEqual(
      list.data.map(({ id }) => id),
      ['bundled:tiny'],
    );
  });

  it('says why a model could not be loaded', async () => {
    const serving = await serve(Promise.reject(new FlipsideError('The file model.onnx is empty.')));
    assert.deepEqual(await refusal(serving, asked([])), [
      503,
      'The model could not be loaded: The file model.onnx is empty.',
    ]);
  });

  it('refuses what it does not understand, and says what it is', async () => {
    const serving = await serve(scoring());
    const user = (content: Json): JsonObject => ({ messages: [{ role: 'user', content }] });
    const image = (url: string): JsonObject => user([{ type: 'image_url', image_url: { url } }]);
    const cases: [Json, number, RegExp][] = [
      ['{"messages": [', 400, /must be a JSON object, and begins with “\{"messages": \[”/],
      ['[1]', 400, /must be a JSON object/],
      [{}, 400, /“messages” must be a list/],
      [{ messages: [{ role: 'assistant', content: 'A' }] }, 400, /the role “assistant”/],
      [user(7), 400, /“content” must be a text/],
      [user([{ type: 'input_audio' }]), 400, /the type “input_audio” is not understood/],
      [image('https://example.org/cat.png'), 400, /fetches nothing, and got “https:\/\/example.org\/cat.png”/],
      [image('file:///etc/passwd'), 400, /fetches nothing/],
      [image('data:image/png;base64,'), 400, /is empty/],
      [asked(['data:image/png;base64,AAAA']), 400, /cannot be decoded/],
      [{ ...asked([]), n: 0 }, 400, /“n” must be a whole number from 1 to 128, and is “0”/],
      [{ ...asked([]), temperature: 'hot' }, 400, /“temperature” must be a number from 0 to 2/],
      [{ ...asked([]), stream: 1 }, 400, /“stream” must be true or false/],
      [{ ...asked([]), model: 'gpt-4' }, 404, /This server runs bundled:tiny/],
      [user('What is this?'), 400, /chooses among options and writes nothing else/],
    ];
    for (const [body, status, message] of cases) {
      const said = await refusal(serving, body);
      assert.equal(said[0], status, JSON.stringify(body));
      assert.match(said[1], message);
    }
    const elsewhere = await fetch(serving.url.replace('/v1', '/metrics'));
    const got = await fetch(`${serving.url}/chat/completions`);
    assert.deepEqual([elsewhere.status, got.status], [404, 405]);
  });

  it('answers no pages: neither under a name of theirs nor across from one', async () => {
    const serving = await serve(scoring());
    const statusAs = async (headers: Record<string, string>): Promise<number> => {
      const request = httpRequest({ host: '127.0.0.1', port: serving.port, path: '/health', headers });
      request.end();
      const [response] = (await once(request, 'response')) as [{ statusCode: number; resume(): void }];
      response.resume();
      return response.statusCode;
    };
    assert.equal(await statusAs({ host: 'evil.example:80' }), 403);
    assert.equal(await statusAs({ host: '127.0.0.1.evil.example' }), 403);
    // The other end of a tunnel may have another port.
    assert.equal(await statusAs({ host: 'localhost:9000' }), 200);
    assert.equal(await statusAs({ host: '[::1]:9000' }), 200);
    assert.equal(await statusAs({ host: 'localhost', origin: 'https://evil.example' }), 403);
    assert.equal((await refusal(serving, asked([]), { 'content-type': 'text/plain' }))[0], 415);
  });

  it('refuses a request of more than 64 MB, told in advance or not', async () => {
    const serving = await serve(scoring());
    const large = asked([`data:image/png;base64,${'A'.repeat(65 * 2 ** 20)}`]);
    assert.deepEqual(await refusal(serving, large), [413, 'The request has more than 64 MB. Make the image smaller.']);
    const request = httpRequest({
      host: '127.0.0.1',
      port: serving.port,
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    const answered = once(request, 'response') as Promise<[{ statusCode: number; resume(): void }]>;
    for (let megabyte = 0; megabyte < 66; megabyte += 1) request.write(Buffer.alloc(2 ** 20, 'x'));
    request.end();
    const [response] = await answered;
    response.resume();
    assert.equal(response.statusCode, 413);
  });

  it('tells what failed in the model, and keeps to itself what nobody expected', async () => {
    const failing = (error: Error): InferenceBackend => scoring({ score: () => Promise.reject(error) });
    const told = await refusal(await serve(failing(new FlipsideError('The GPU is out of memory.'))), asked([]));
    assert.deepEqual(told, [500, 'The GPU is out of memory.']);
    const hidden = await refusal(await serve(failing(new Error('secret place'))), asked([]));
    assert.deepEqual(hidden, [500, 'The server failed, and says why in its log.']);
    assert.ok(logged.some((line) => line.includes('secret place')));
    const nan = scoring({
      score: () => Promise.resolve([{ probabilities: [NaN, 0.5, 0.5], source: 'logits', notes: [] }]),
    });
    assert.match((await refusal(await serve(nan), asked([])))[1], /NaN/);
  });

  it('asks its model one question at a time, and no longer for those who left', async () => {
    let running = 0;
    let most = 0;
    const ended: string[] = [];
    const slow = scoring({
      score: (_, signal) => {
        running += 1;
        most = Math.max(most, running);
        return new Promise((resolve, reject) => {
          const end = (how: string): void => {
            running -= 1;
            ended.push(how);
          };
          const timer = setTimeout(() => {
            end('answered');
            resolve([{ probabilities: [1, 0, 0], source: 'logits', notes: [] }]);
          }, 40);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            end('left');
            reject(signal.reason as Error);
          });
        });
      },
    });
    const serving = await serve(slow);
    const left = new AbortController();
    const first = fetch(`${serving.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked([])),
      signal: left.signal,
    });
    setTimeout(() => left.abort(), 20);
    await assert.rejects(first, { name: 'AbortError' });
    const both = await Promise.all([answer(serving, asked([])), answer(serving, asked([]))]);
    assert.deepEqual(
      both.map(({ choices }) => choices[0]?.message.content),
      ['A', 'A'],
    );
    assert.deepEqual([most, ended], [1, ['left', 'answered', 'answered']]);
    assert.ok(logged.some((line) => /^POST \/v1\/chat\/completions: left, \d+ ms$/.test(line)));
    assert.ok(logged.some((line) => /^POST \/v1\/chat\/completions: 200, \d+ ms$/.test(line)));
  });

  it('opens itself to this machine alone, and says so where a port is taken', async () => {
    const signal = new AbortController().signal;
    const options = { backend: scoring(), signal, log: () => undefined };
    await assert.rejects(startServer({ ...options, host: '0.0.0.0', port: 8000 }), /ssh -L 8000:127\.0\.0\.1:8000/);
    const { port } = await serve(scoring());
    await assert.rejects(
      startServer({ ...options, host: '127.0.0.1', port }),
      new FlipsideError(
        `The port ${port} of 127.0.0.1 cannot be opened: another program has it. Choose another one, or 0 for any.`,
      ),
    );
  });

  it('ends with its signal', async () => {
    const over = new AbortController();
    const { url } = await startServer({
      backend: scoring(),
      host: '127.0.0.1',
      port: 0,
      signal: over.signal,
      log: () => undefined,
    });
    assert.equal((await fetch(`${url}/models`)).status, 200);
    over.abort();
    await assert.rejects(fetch(`${url}/models`));
  });
});

describe('options of a prompt', () => {
  it('are its last block of labelled lines', () => {
    const cases: [string, string, [string, string][]][] = [
      [
        PROMPT,
        'Where is the cup?',
        [
          ['A', 'left'],
          ['B', 'right'],
          ['C', 'above'],
        ],
      ],
      [
        'Which?\n(A) the cat\n(B) the dog',
        'Which?',
        [
          ['A', 'the cat'],
          ['B', 'the dog'],
        ],
      ],
      [
        'Steps:\n1. look\n2. think\nWhich?\n1) yes\n2) no\nSay.',
        'Steps:\n1. look\n2. think\nWhich?',
        [
          ['1', 'yes'],
          ['2', 'no'],
        ],
      ],
      ['Which?\nA. one', 'Which?\nA. one', []],
      ['Which?\nA. one\nA. two', 'Which?\nA. one\nA. two', []],
      ['Is it left?', 'Is it left?', []],
    ];
    for (const [prompt, question, options] of cases) {
      const read = readOptions(prompt);
      assert.deepEqual([read.question, read.options.map(({ label, text }) => [label, text])], [question, options]);
    }
  });
});

interface Completion {
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: { readonly content: string };
    readonly delta: { readonly content?: string };
    readonly finish_reason: string | null;
    readonly logprobs: {
      readonly content: readonly { readonly top_logprobs: readonly { token: string; logprob: number }[] }[];
    } | null;
  }[];
  readonly usage: { readonly completion_tokens: number };
}

function asked(images: readonly string[]): JsonObject {
  const parts = images.map((url) => ({ type: 'image_url', image_url: { url } }));
  return { model: '', messages: [{ role: 'user', content: [...parts, { type: 'text', text: PROMPT }] }] };
}

async function picture(background: string): Promise<string> {
  const png = await sharp({ create: { width: 8, height: 6, channels: 3, background } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
