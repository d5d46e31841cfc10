import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '../../../src/core/model.js';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: JsonObject;
}

export interface TestServer {
  readonly url: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** A server on this machine that answers as the test wants. */
export async function testServer(answer: (seen: Seen, response: ServerResponse) => void): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '', headers } = request;
      const one: Seen = { method, path: url, headers, body: (text === '' ? {} : JSON.parse(text)) as JsonObject };
      seen.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/v1`, seen, close };
}

export function json(response: ServerResponse, body: Json, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** An answer with texts, and with the likeliest first tokens and their probabilities. */
export function completion(texts: readonly string[], top: Readonly<Record<string, number>> | null = null): JsonObject {
  const tokens = Object.entries(top ?? {}).map(([token, probability]) => ({ token, logprob: Math.log(probability) }));
  return {
    object: 'chat.completion',
    choices: texts.map((content, index) => ({
      index,
      message: { role: 'assistant', content },
      logprobs: tokens[0] === undefined ? null : { content: [{ ...tokens[0], top_logprobs: tokens }] },
      finish_reason: 'stop',
    })),
  };
}

export function event(content: string, finish: string | null = null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
}
