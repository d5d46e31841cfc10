import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { FlipsideError, type JsonObject } from '../../../src/core/model.js';
import type { InferenceBackend, Question } from '../../../src/inference/backend.js';
import { openAi, openAiWith } from '../../../src/inference/backends/openAi.js';
import {
  fromLogprobs,
  optionOfAnswer,
  optionOfToken,
} from '../../../src/inference/backends/openAi/optionProbabilities.js';
import { startServer, type Serving } from '../../../src/inference/serve/server.js';
import type { Endpoint, ModelPlaces } from '../../../src/protocol/inference.js';
import { completion, event, json, testServer, type Seen, type TestServer } from './servers.js';
import { scoreOf, scoring, writing } from './tinyBackend.js';

const backend = openAiWith({ listMs: 300, idleMs: 300, wholeMs: 900, waits: [10, 20] });
const never = new AbortController().signal;

const QUESTION: Question = {
  question: 'Where is the cup?',
  options: ['left', 'right', 'above'].map((text, index) => ({ label: 'ABC'[index] ?? null, text })),
  images: [{ width: 2, height: 1, data: new Uint8Array([255, 0, 0, 255, 0, 0]), encoded: null }],
  prompt: null,
};
const GREEDY = { n: 1, temperature: 0, seed: null, maxTokens: 16 };

function places(...endpoints: (Partial<Endpoint> & { url: string })[]): ModelPlaces {
  const all = endpoints.map((one) => ({ name: 'lab', model: null, key: null, ...one }));
  return { bundled: '', folders: [], endpoints: all, processes: [] };
}

describe('models behind an OpenAI-compatible server', () => {
  const servers: { close(): Promise<void> }[] = [];

  async function fake(answer: (seen: Seen, response: ServerResponse) => void): Promise<TestServer> {
    const server = await testServer(answer);
    servers.push(server);
    return server;
  }

  /** A model of a server that does what `answer` says to what is asked after the probe, and everything before. */
  async function opened(
    answer: (seen: Seen, response: ServerResponse) => void,
    endpoint: Partial<Endpoint> = {},
  ): Promise<{ model: InferenceBackend; server: TestServer }> {
    let begun = false;
    const server = await fake((seen, response) => {
      if (begun) answer(seen, response);
      else json(response, completion(texts(seen), { A: 0.6, B: 0.3 }));
    });
    const at = places({ url: server.url, model: 'm', ...endpoint });
    const model = await backend.open(listed('openai:lab/m'), at, never);
    await model.probe(never);
    server.seen.length = 0;
    begun = true;
    return { model, server };
  }

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  describe('with a real server', () => {
    async function serve(served: InferenceBackend): Promise<Serving> {
      const serving = await startServer({
        backend: served,
        host: '127.0.0.1',
        port: 0,
        signal: never,
        log: () => undefined,
      });
      servers.push(serving);
      return serving;
    }

    it('finds, probes and scores as the model itself does', async () => {
      const { url } = await serve(scoring());
      const [found] = await backend.find(places({ url }), never);
      assert.deepEqual(found, {
        id: 'openai:lab/bundled:tiny',
        kind: 'openai',
        name: 'bundled:tiny (lab)',
        where: url,
        bytes: null,
        missing: null,
      });
      const model = await backend.open(found, places({ url }), never);
      const info = await model.probe(never);
      assert.deepEqual([info.capabilities, info.notes], [['optionProbs', 'generate', 'seed'], []]);
      await scoresAsItself(model);
      const [answer] = (await model.generate?.(QUESTION, GREEDY, never)) ?? [];
      assert.equal(answer?.text, 'A');
    });

    async function scoresAsItself(model: InferenceBackend): Promise<void> {
      const [score] = await model.score([QUESTION], never);
      const expected = scoreOf(QUESTION).probabilities;
      score?.probabilities.forEach((probability, index) =>
        assert.ok(Math.abs((probability ?? 0) - (expected[index] ?? 0)) < 1e-9),
      );
      assert.deepEqual([score?.source, score?.notes], ['logprobs', []]);
    }

    it('says that an image is too large for it', async () => {
      const { url } = await serve(scoring());
      const [found] = await backend.find(places({ url }), never);
      assert.ok(found);
      const model = await openAi.open(found, places({ url }), never);
      await model.probe(never);
      const bytes = new Uint8Array(50 * 2 ** 20);
      const large = { width: 1, height: 1, data: new Uint8Array(3), encoded: { mime: 'image/png', bytes } };
      await assert.rejects(
        model.score([{ ...QUESTION, images: [large] }], never),
        /answered 413: “.*more than 64 MB\. Make the image smaller.*The image is too large for this server/,
      );
    });

    it('writes as the model itself does, with seeds', async () => {
      const { url } = await serve(writing());
      const [found] = await backend.find(places({ url }), never);
      assert.ok(found);
      const model = await backend.open(found, places({ url }), never);
      const info = await model.probe(never);
      assert.deepEqual([info.id, info.device, info.capabilities], [found.id, url, ['optionProbs', 'generate', 'seed']]);
      const answers = await model.generate?.(QUESTION, { n: 2, temperature: 1, seed: 7, maxTokens: 5 }, never);
      assert.deepEqual(answers, [
        { text: 'Where 7 of 5', seed: 7 },
        { text: 'Where 8 of 5', seed: 7 },
      ]);
      await scoresAsItself(model);
    });
  });

  describe('finding', () => {
    it('lists a server that does not answer with the reason', async () => {
      const gone = await fake(() => undefined);
      await gone.close();
      const slow = await fake(() => undefined);
      const garbage = await fake((_, response) => response.end('<html>\u001b[31mhello</html>'));
      const locked = await fake((_, response) => json(response, { error: { message: 'no key' } }, 401));
      const empty = await fake((_, response) => json(response, { data: [] }));
      const cases: [string, RegExp][] = [
        [gone.url, /does not answer: nothing listens there\. Start the server/],
        [slow.url, /did not finish its answer within 0\.3 seconds|sent nothing for 0\.3 seconds/],
        [garbage.url, /\/v1\/models answered with something else.*“<html> \[31mhello<\/html>”.*\/v1/],
        [locked.url, /answered 401: “\{"error":\{"message":"no key"\}\}”\. Check the key/],
        [empty.url, /lists no model/],
        ['127.0.0.1:8000/v1', /is no address/],
        ['ftp://127.0.0.1/v1', /only http and https/],
        ['http://me:secret@127.0.0.1/v1', /holds a name or a password/],
      ];
      for (const [url, reason] of cases) {
        const [found] = await backend.find(places({ url }), never);
        assert.match(found?.missing ?? '', reason, url);
        assert.doesNotMatch(JSON.stringify(found), /secret|\p{Cc}/u);
      }
    });

    it('asks for each model that a server lists, or for the one that is named', async () => {
      const server = await fake((_, response) => json(response, { data: [{ id: 'org/a' }, { id: 'b' }] }));
      const unlisted = await fake((_, response) => json(response, {}, 404));
      const found = await backend.find(
        places(
          { url: `${server.url}/` },
          { name: 'one', url: server.url, model: 'alias' },
          { name: 'two', url: unlisted.url, model: 'x' },
        ),
        never,
      );
      assert.deepEqual(
        found.map(({ id, missing }) => [id, missing]),
        [
          ['openai:lab/org/a', null],
          ['openai:lab/b', null],
          ['openai:one/alias', null],
          ['openai:two/x', null],
        ],
      );
      assert.deepEqual(
        server.seen.map(({ path }) => path),
        ['/v1/models', '/v1/models'],
      );
    });
  });

  describe('probing', () => {
    it('sends one token with everything on, and says what the server does', async () => {
      const { server, info } = await probed((seen) => [texts(seen), { A: 0.9 }]);
      const [first] = server.seen;
      assert.equal(first?.body['max_tokens'], 1);
      assert.match(JSON.stringify(first?.body['messages']), /data:image\/png;base64,/);
      assert.deepEqual(info.capabilities, ['optionProbs', 'generate', 'seed']);
      assert.deepEqual(info.notes, []);
    });

    it('tells a server without log-probabilities, with one answer each and without seeds', async () => {
      let count = 0;
      const { info } = await probed(() => [[`text ${count++}`], null]);
      assert.deepEqual(info.capabilities, ['generate']);
      assert.match(
        info.notes.join('\n'),
        /tells no log-probabilities: .*estimated.*\n.*one answer to a request.*\n.*same seed/,
      );
    });

    it('tries each thing alone where the server refuses them together', async () => {
      const { server, info } = await probed((seen) => {
        if (seen.body['n'] !== undefined) return 'n is not supported';
        if (Number(seen.body['top_logprobs'] ?? 0) > 5) return 'top_logprobs must be at most 5';
        if (JSON.stringify(seen.body['messages']).includes('image_url')) return 'no images';
        return [texts(seen), seen.body['logprobs'] === true ? { A: 1 } : null];
      });
      assert.deepEqual(info.capabilities, ['optionProbs', 'generate', 'seed']);
      assert.match(info.notes.join('\n'), /takes no images.*no images.*\n.*one answer to a request/);
      assert.ok(server.seen.every(({ body }) => Number(body['max_tokens']) <= 24));
    });

    it('says what is wrong where not even a plain question is answered', async () => {
      await assert.rejects(
        probed(() => 'no such model'),
        /answered 400: “\{"error":\{"message":"no such model"\}\}”/,
      );
    });

    async function probed(answer: (seen: Seen) => readonly [string[], Record<string, number> | null] | string) {
      const server = await fake((seen, response) => {
        const said = answer(seen);
        if (typeof said === 'string') json(response, { error: { message: said } }, 400);
        else json(response, completion(...said));
      });
      const model = await backend.open(listed('openai:lab/m'), places({ url: server.url, model: 'm' }), never);
      return { server, info: await model.probe(never) };
    }
  });

  describe('scoring', () => {
    it('adds the tokens of an option, and says what lay outside', async () => {
      const { model, server } = await opened((_, response) =>
        json(response, completion(['A'], { A: 0.3, ' A': 0.1, '(a': 0.1, B: 0.2, C: 0.05, The: 0.25 })),
      );
      const [score] = await model.score([QUESTION], never);
      assert.deepEqual(rounded(score?.probabilities), [0.6667, 0.2667, 0.0667]);
      assert.deepEqual(score?.notes, ['25 % of the probability lay on words that name no option.']);
      assert.equal(server.seen[0]?.body['temperature'], 1);
      assert.match(JSON.stringify(server.seen[0]?.body['messages']), /"type":"image_url".*A\. left\\nB\. right/);
    });

    it('gives an option that is not listed the bound that is known', async () => {
      const { model } = await opened((_, response) => json(response, completion(['A'], { A: 0.9, B: 0.06 })));
      const [score] = await model.score([QUESTION], never);
      assert.deepEqual(rounded(score?.probabilities), [0.9, 0.06, 0.04]);
      assert.match(score?.notes.join('\n') ?? '', /only a bound is known \(4 %\): C\./);
    });

    it('scores several questions, in their order', async () => {
      const { model } = await opened((seen, response) => {
        const first = JSON.stringify(seen.body).includes('question 3') ? 0.9 : 0.2;
        setTimeout(() => json(response, completion(['A'], { A: first, B: 1 - first })), first * 30);
      });
      const questions = [1, 2, 3, 4, 5, 6].map((n) => ({ ...QUESTION, images: [], question: `question ${n}` }));
      const scores = await model.score(questions, never);
      assert.deepEqual(
        scores.map(({ probabilities }) => Math.round((probabilities[0] ?? 0) * 10)),
        [2, 2, 9, 2, 2, 2],
      );
    });

    it('estimates by sampling where no option is among the likeliest tokens, and says so', async () => {
      const { model, server } = await opened((seen, response) => {
        if (seen.body['logprobs'] === true) json(response, completion(['The'], { The: 0.9, I: 0.1 }));
        else
          json(
            response,
            completion(Array.from({ length: 16 }, (_, at) => ['A', '(B) right', 'It is above.', 'Hm'][at % 4] ?? '')),
          );
      });
      const [score] = await model.score([QUESTION], never);
      assert.equal(score?.source, 'sampled');
      assert.deepEqual(rounded(score?.probabilities), [0.3333, 0.3333, 0.3333]);
      assert.deepEqual(score?.notes, [
        'Estimated: shares of 12 sampled answers.',
        '4 of 16 sampled answers name no option and are not counted.',
      ]);
      assert.equal(server.seen[1]?.body['n'], 16);
    });

    it('fails where no sampled answer names an option', async () => {
      const { model } = await opened((seen, response) =>
        json(response, completion(Array.from({ length: Number(seen.body['n'] ?? 1) }, () => 'Hm\u001b[2J'))),
      );
      await assert.rejects(model.score([QUESTION], never), /None of 16 sampled answers .* the first is “Hm \[2J”/);
    });

    it('says that log-probabilities are no numbers', async () => {
      const { model } = await opened((_, response) =>
        json(response, {
          choices: [
            {
              message: { content: 'A' },
              logprobs: { content: [{ token: 'A', logprob: null, top_logprobs: [{ token: 'A', logprob: null }] }] },
            },
          ],
        }),
      );
      await assert.rejects(model.score([QUESTION], never), /log-probability that is none.*bfloat16 or float32/);
      const { model: python } = await opened((_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [{"logprobs": NaN}]}'),
      );
      await assert.rejects(python.score([QUESTION], never), /something else than the OpenAI protocol.*NaN/);
    });
  });

  describe('writing', () => {
    it('asks once for each seed where the server gives one answer', async () => {
      const server = await fake((seen, response) => json(response, completion([JSON.stringify(seen.body['seed'])])));
      const model = await backend.open(listed('openai:lab/m'), places({ url: server.url, model: 'm' }), never);
      const answers = await model.generate?.(QUESTION, { n: 3, temperature: 0.7, seed: 40, maxTokens: 8 }, never);
      assert.deepEqual(
        answers,
        [40, 41, 42].map((seed) => ({ text: `${seed}`, seed })),
      );
    });

    it('asks once for the likeliest answer', async () => {
      const { model, server } = await opened((_, response) => json(response, completion(['A cat'])));
      assert.deepEqual(await model.generate?.(QUESTION, { ...GREEDY, n: 2, seed: 3 }, never), [
        { text: 'A cat', seed: null },
        { text: 'A cat', seed: null },
      ]);
      assert.equal(server.seen.length, 1);
    });

    it('puts a stream together', async () => {
      const { model } = await opened((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const text = Buffer.from(`: hello\n\n${event('Gr')}${event('üße')}${event('', 'stop')}data: [DONE]\n\n`);
        // In the middle of a letter.
        const cut = text.indexOf('ü') + 1;
        response.write(text.subarray(0, cut));
        setTimeout(() => response.end(text.subarray(cut)), 20);
      });
      assert.deepEqual(await model.generate?.(QUESTION, GREEDY, never), [{ text: 'Grüße', seed: null }]);
    });
  });

  describe('with a server that misbehaves', () => {
    const status = (code: number, body: JsonObject | string) => (_: Seen, response: ServerResponse) =>
      void response.writeHead(code).end(typeof body === 'string' ? body : JSON.stringify(body));
    const cases: [string, (seen: Seen, response: ServerResponse) => void, RegExp][] = [
      ['is silent', () => undefined, /sent nothing for 0\.3 seconds\. Check that the server runs/],
      ['drips for ever', drip, /did not finish its answer within 0\.9 seconds/],
      [
        'answers garbage',
        status(200, '\u0000\u0007<!doctype html>'),
        /something else than the OpenAI protocol has: “<!doctype html>”/,
      ],
      [
        'answers other JSON',
        status(200, '{"hello":[1]}'),
        /something else than the OpenAI protocol has: “\{"hello":\[1\]\}”/,
      ],
      ['knows no key', status(401, 'bad key'), /answered 401: “bad key”\. Check the key of this endpoint/],
      ['forbids', status(403, ''), /answered 403: without a word\. Check the key/],
      [
        'is elsewhere',
        status(404, 'Not Found'),
        /answered 404: “Not Found”\. Check the name of the model, and the address: .*\/v1/,
      ],
      ['finds the image too large', status(413, 'big'), /answered 413: “big”\. The image is too large for this server/],
      ['refuses', status(400, `context ${'x'.repeat(500)}`), /answered 400: “context x{192}…”\./],
      [
        'fails',
        status(500, 'Traceback\n  line'),
        /answered 500: “Traceback line”\. The server failed: its own log says why/,
      ],
      ['is out of memory', status(500, 'CUDA out of memory.'), /ran out of memory: give it a smaller image/],
      ['is loading', status(503, 'Loading model'), /answered 503: “Loading model”\. The server may still be loading/],
      ['is busy', status(429, 'slow down'), /answered 429: “slow down”\. The server has too much to do/],
      ['dies in mid-stream', dies, /broke the connection off before its answer was complete/],
      ['dies before it answers', (_, response) => response.socket?.destroy(), /broke the connection off/],
      ['ends in mid-stream', (_, response) => stream(response).end(event('A c')), /ended its answer in the middle/],
      [
        'fails in mid-stream',
        (_, response) => stream(response).end(`${event('A c')}data: {"error": {"message": "engine died"}}\n\n`),
        /failed in the middle of its answer: “engine died”/,
      ],
      [
        'streams garbage',
        (_, response) => stream(response).end('data: {"choices": [\n\n'),
        /something else than the OpenAI protocol/,
      ],
    ];
    for (const [what, answer, message] of cases) {
      it(`says that it ${what}`, async () => {
        const { model, server } = await opened(answer);
        await assert.rejects(model.generate?.(QUESTION, GREEDY, never) ?? Promise.resolve(), (error) => {
          assert.ok(error instanceof FlipsideError, String(error));
          assert.match(error.message, message);
          assert.ok(error.message.startsWith(server.url));
          assert.doesNotMatch(error.message, /\p{Cc}/u);
          return true;
        });
      });
    }

    it('asks a busy or failing one three times, and is content with the third answer', async () => {
      let count = 0;
      const { model, server } = await opened((_, response) => {
        count += 1;
        if (count === 1) response.writeHead(429, { 'retry-after': '0' }).end();
        else if (count === 2) response.writeHead(502).end();
        else json(response, completion(['A']));
      });
      assert.deepEqual(await model.generate?.(QUESTION, GREEDY, never), [{ text: 'A', seed: null }]);
      assert.equal(server.seen.length, 3);
      const failing = await opened((_, response) => response.writeHead(500).end());
      await assert.rejects(failing.model.generate?.(QUESTION, GREEDY, never) ?? Promise.resolve());
      assert.equal(failing.server.seen.length, 3);
    });

    it('does not ask one again that refuses', async () => {
      const { model, server } = await opened((_, response) => response.writeHead(400).end());
      await assert.rejects(model.generate?.(QUESTION, GREEDY, never) ?? Promise.resolve());
      assert.equal(server.seen.length, 1);
    });
  });

  describe('with keys and redirects', () => {
    it('sends the key, and repeats it nowhere', async () => {
      const key = 'sk-very-secret';
      const { model, server } = await opened((_, response) => json(response, { error: `Incorrect key: ${key}` }, 401), {
        key,
      });
      await assert.rejects(model.generate?.(QUESTION, GREEDY, never) ?? Promise.resolve(), (error: Error) => {
        assert.match(error.message, /Incorrect key: \[key\]/);
        return !error.message.includes(key);
      });
      assert.equal(server.seen[0]?.headers.authorization, `Bearer ${key}`);
      const [broken] = await backend.find(places({ url: server.url, key: `${key}\n` }), never);
      assert.match(broken?.missing ?? '', /key of 127\.0\.0\.1:\d+ holds spaces, line ends/);
      assert.ok(!JSON.stringify(broken).includes(key));
    });

    it('follows redirects on the same host alone', async () => {
      const other = await fake((_, response) => json(response, completion(['stolen'])));
      const { model } = await opened(
        (_, response) => response.writeHead(307, { location: `${other.url}/chat/completions` }).end(),
        { key: 'sk-secret' },
      );
      await assert.rejects(
        model.generate?.(QUESTION, GREEDY, never) ?? Promise.resolve(),
        /redirects to http:\/\/127\.0\.0\.1:\d+, and neither questions nor keys are sent to another server/,
      );
      assert.equal(other.seen.length, 0);
      const same = await opened((seen, response) => {
        if (seen.path.startsWith('/v1')) response.writeHead(308, { location: '/api/chat/completions' }).end();
        else json(response, completion(['A']));
      });
      assert.deepEqual(await same.model.generate?.(QUESTION, GREEDY, never), [{ text: 'A', seed: null }]);
      const round = await opened((seen, response) => response.writeHead(307, { location: seen.path }).end());
      await assert.rejects(
        round.model.generate?.(QUESTION, GREEDY, never) ?? Promise.resolve(),
        /redirects without end/,
      );
    });
  });

  it('lets go of the connection when nobody waits any more', async () => {
    let left: Promise<unknown> = Promise.resolve();
    const { model } = await opened((_, response) => {
      left = once(response, 'close');
      stream(response).write(event('A'));
    });
    const stop = new AbortController();
    const answered = model.generate?.(QUESTION, GREEDY, stop.signal) ?? Promise.resolve();
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(answered, { name: 'AbortError' });
    await left;
  });

  it('opens no model of an endpoint that is not there', async () => {
    await assert.rejects(backend.open(listed('openai:gone/m'), places(), never), /No endpoint offers openai:gone\/m/);
  });
});

describe('options in answers', () => {
  const options = ['Left of it', 'Right of it', 'yes'].map((text, index) => ({ label: 'ABC'[index] ?? null, text }));

  it('are told by a first token', () => {
    const cases: [string, number | null][] = [
      ...([
        ['A', 0],
        [' B', 1],
        ['(c', 2],
        ['▁A', 0],
        ['ĠB', 1],
        ['**A', 0],
      ] as [string, number][]),
      ...([
        ['Right', 1],
        ['left', 0],
        ['Yes', 2],
        ['The', null],
        ['', null],
        ['\n', null],
        ['D', null],
      ] as [string, number | null][]),
    ];
    for (const [token, option] of cases) assert.equal(optionOfToken(options, token), option, JSON.stringify(token));
    const alike = ['the cat', 'the dog'].map((text) => ({ label: null, text }));
    assert.deepEqual([optionOfToken(alike, 'the'), optionOfToken(alike, 'B')], [null, 1]);
  });

  it('are told by a short answer', () => {
    const cases: [string, number | null][] = [
      ...([
        ['A', 0],
        ['b.', 1],
        ['(C)', 2],
        ['**A** because', 0],
        ['The answer is (B).', 1],
        ['Answer: C', 2],
      ] as [string, number][]),
      ...([
        ['Yes', 2],
        ['It is right of it', 1],
        ['A cup is there', null],
        ['left of it or right of it', null],
        ['', null],
      ] as [string, number | null][]),
    ];
    for (const [text, option] of cases) assert.equal(optionOfAnswer(options, text), option, text);
  });

  it('share no more than is left among those that no token names', () => {
    const top = [
      { token: 'A', logprob: Math.log(0.98) },
      { token: 'x', logprob: Math.log(0.01) },
    ];
    const score = fromLogprobs(options, top, 'server');
    assert.deepEqual(rounded(score?.probabilities), [0.9899, 0.0051, 0.0051]);
    assert.equal(fromLogprobs(options, [{ token: 'x', logprob: 0 }], 'server'), null);
  });
});

function listed(id: string) {
  return { id, kind: 'openai', name: 'm', where: '', bytes: null, missing: null } as const;
}

function texts(seen: Seen): string[] {
  return Array.from({ length: Number(seen.body['n'] ?? 1) }, (_, index) => `text ${index}`);
}

function rounded(values: readonly (number | null)[] | undefined): number[] {
  return (values ?? []).map((value) => Math.round((value ?? 0) * 1e4) / 1e4);
}

function stream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function drip(_: Seen, response: ServerResponse): void {
  stream(response);
  const timer = setInterval(() => response.write(event('a')), 50);
  response.on('close', () => clearInterval(timer));
}

function dies(_: Seen, response: ServerResponse): void {
  stream(response).write(event('A c'));
  setTimeout(() => response.socket?.destroy(), 30);
}
