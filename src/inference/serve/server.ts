import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FlipsideError, type JsonObject } from '../../core/model.js';
import { Unaskable } from '../unaskable.js';
import type { InferenceBackend } from '../backend.js';
import { answersOf } from './answers.js';
import { readChatRequest } from './chatRequest.js';
import { completion, completionEvents } from './completion.js';
import { RequestFailure } from './failure.js';
import { Turns } from './turns.js';

export interface ServeOptions {
  /** Loaded, or still loading: requests are answered with 503 until it is there. */
  readonly backend: InferenceBackend | Promise<InferenceBackend>;
  /** Of this machine alone: 127.0.0.1, ::1 or localhost. */
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Ends the server. */
  readonly signal: AbortSignal;
  /** One line for each request, without what was asked and answered. */
  readonly log: (line: string) => void;
}

export interface Serving {
  /** Up to and with `/v1`. */
  readonly url: string;
  readonly port: number;
  /** Ends the server and what it is at; the backend stays whose it is. Done when all connections are closed. */
  close(): Promise<void>;
}

/** An image of 30 megapixels as PNG in base64, with room. */
const MOST_BYTES = 64 * 2 ** 20;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/**
 * Serves a model over the OpenAI protocol (`/v1/chat/completions`, `/v1/models`, `/health`) to programs on this machine. Resolves once the
 * port is open. Pages of browsers are refused, whatever name they reach this machine by.
 * @throws FlipsideError for a host that is not this machine, and where the port cannot be had
 */
export async function startServer(options: ServeOptions): Promise<Serving> {
  const { host, port, signal } = options;
  signal.throwIfAborted();
  if (!LOOPBACK.includes(host))
    throw new FlipsideError(
      `A model is served to this machine alone, and ${host} would open it to a network. Use 127.0.0.1, and from elsewhere an SSH tunnel: ssh -L ${port}:127.0.0.1:${port} MACHINE`,
    );
  const service = new Service(options);
  const server = createServer((request, response) => void service.answer(request, response));
  await listening(server, port, host);
  const close = async (): Promise<void> => {
    service.stop();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  signal.addEventListener('abort', () => void close(), { once: true });
  const taken = (server.address() as AddressInfo).port;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/v1`, port: taken, close };
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program has it' : error.message;
      reject(
        new FlipsideError(`The port ${port} of ${host} cannot be opened: ${why}. Choose another one, or 0 for any.`),
      );
    });
    server.listen(port, host, resolve);
  });
}

class Service {
  private readonly turns = new Turns();
  private readonly over = new AbortController();
  private backend: InferenceBackend | null = null;
  private failure: string | null = null;
  private asked = 0;

  constructor(private readonly options: ServeOptions) {
    Promise.resolve(options.backend).then(
      (backend) => (this.backend = backend),
      (error: unknown) => (this.failure = error instanceof Error ? error.message : String(error)),
    );
  }

  stop(): void {
    this.over.abort();
  }

  /** Answers one request; rejects never. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const path = (request.url ?? '').split('?')[0] ?? '';
    try {
      await this.routed(request, path, response, AbortSignal.any([gone.signal, this.over.signal]));
    } catch (error) {
      // The sender may be gone before the response is told.
      if (!gone.signal.aborted && request.errored === null) this.refuse(request, response, this.failureOf(error));
    }
    const known = ROUTES.includes(path) ? path : 'another path';
    const status = gone.signal.aborted ? 'left' : response.statusCode;
    this.options.log(`${request.method} ${known}: ${status}, ${Math.round(performance.now() - began)} ms`);
  }

  private async routed(
    request: IncomingMessage,
    path: string,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    checkSender(request);
    const method = path === '/v1/chat/completions' ? 'POST' : 'GET';
    if (!ROUTES.includes(path))
      throw new RequestFailure(404, `There is no such path here. There are ${ROUTES.join(', ')}.`);
    if (request.method !== method) throw new RequestFailure(405, `${path} answers ${method} only.`);
    const backend = this.loaded();
    if (path === '/health') return send(response, 200, { status: 'ok' });
    if (path === '/v1/models') return send(response, 200, await modelsOf(backend, signal));
    if (!(request.headers['content-type'] ?? '').startsWith('application/json'))
      throw new RequestFailure(415, 'The body must be JSON, and say so: content-type: application/json.');
    const chat = readChatRequest(await bodyOf(request));
    const answers = await this.turns.run(() => answersOf(backend, chat, signal), signal);
    this.asked += 1;
    const { id } = await backend.probe(signal);
    const head = [`chatcmpl-${this.asked}`, id, Math.floor(Date.now() / 1000)] as const;
    if (!chat.stream) return send(response, 200, completion(...head, chat, answers));
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    const events = completionEvents(...head, chat, answers).map((event) => `data: ${JSON.stringify(event)}\n\n`);
    response.end(`${events.join('')}data: [DONE]\n\n`);
  }

  private loaded(): InferenceBackend {
    if (this.failure !== null) throw new RequestFailure(503, `The model could not be loaded: ${this.failure}`);
    if (this.backend === null) throw new RequestFailure(503, 'The model is still being loaded.');
    return this.backend;
  }

  private failureOf(error: unknown): RequestFailure {
    if (error instanceof RequestFailure) return error;
    // Asking once more would not help, and clients do so after a failure of the server.
    if (error instanceof Unaskable) return new RequestFailure(400, error.message);
    if (error instanceof FlipsideError) return new RequestFailure(500, error.message);
    if (this.over.signal.aborted) return new RequestFailure(503, 'The server is being stopped.');
    // What nobody expected is for whoever runs the server: it may name files of this machine.
    this.options.log(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return new RequestFailure(500, 'The server failed, and says why in its log.');
  }

  private refuse(request: IncomingMessage, response: ServerResponse, { status, message, type }: RequestFailure): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (status === 503) response.setHeader('retry-after', '1');
    if (!request.complete) {
      // Read to nowhere, so that the sender comes to read the answer; not for ever.
      response.setHeader('connection', 'close');
      request.resume();
      const timer = setTimeout(() => request.destroy(), 5_000).unref();
      request.on('close', () => clearTimeout(timer));
    }
    send(response, status, { error: { message, type, param: null, code: status } });
  }
}

const ROUTES = ['/v1/chat/completions', '/v1/models', '/health'];

/**
 * Pages must not reach a model on the reader's machine: not by a name of theirs that leads here (the Host header tells), not by a request
 * that they send across (Origin tells). Any port is fine: a tunnel's other end may have another.
 */
function checkSender({ headers }: IncomingMessage): void {
  const host = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(headers.host ?? '')?.[1] ?? '';
  if (!LOOPBACK.includes(host.replace(/^\[|\]$/g, '').toLowerCase()))
    throw new RequestFailure(403, 'This server answers as 127.0.0.1 or localhost only.');
  if (headers.origin !== undefined) throw new RequestFailure(403, 'This server does not answer pages.');
}

async function modelsOf(backend: InferenceBackend, signal: AbortSignal): Promise<JsonObject> {
  const { id } = await backend.probe(signal);
  return { object: 'list', data: [{ id, object: 'model', created: 0, owned_by: 'flipside' }] };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const tooLarge = new RequestFailure(
    413,
    `The request has more than ${MOST_BYTES / 2 ** 20} MB. Make the image smaller.`,
  );
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MOST_BYTES) chunks.push(chunk);
      else {
        request.removeAllListeners('data');
        chunks.length = 0;
        reject(tooLarge);
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

function send(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
