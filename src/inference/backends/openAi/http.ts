import { setTimeout as sleep } from 'node:timers/promises';
import { FlipsideError, type Json, type JsonObject } from '../../../core/model.js';
import { excerpt } from '../../plainText.js';
import { Deadline, type Patience } from './deadline.js';

/** No answer to a question is longer: a server that sends more is not what it is taken for. */
const MOST_BYTES = 64 * 2 ** 20;
const MOST_REDIRECTS = 3;
/** A server that says when to come again is believed up to this. */
const LONGEST_WAIT_MS = 10_000;
const BUSY = [429, 500, 502, 503, 504];

/** The server answered, and its answer was no. */
export class Refused extends FlipsideError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface Request {
  readonly path: string;
  /** Null for GET. */
  readonly body: JsonObject | null;
}

/** Speaks HTTP with one server. Messages name its address, never its key. */
export class OpenAiServer {
  /** The address without what may stand before the host. */
  readonly address: string;
  private readonly base: URL;

  /** Throws a FlipsideError for what is no address of a server. */
  constructor(
    url: string,
    private readonly key: string | null,
    private readonly patience: Patience,
  ) {
    this.base = baseOf(url);
    if (key !== null && !/^[\x21-\x7e]*$/.test(key))
      throw new FlipsideError(
        `The key of ${this.base.host} holds spaces, line ends or letters that keys do not have. Enter it again.`,
      );
    this.address = (this.base.origin + this.base.pathname).replace(/\/$/, '');
  }

  /** The models that the server lists, by name. It is waited for a short time only, and asked once. */
  async models(signal: AbortSignal): Promise<readonly string[]> {
    const deadline = new Deadline(signal, this.patience.listMs, this.patience.listMs);
    const list = await this.within(deadline, signal, async () =>
      this.json(await this.sent({ path: '/models', body: null }, deadline), deadline),
    ).finally(() => deadline.end());
    const data = typeof list === 'object' && list !== null && !Array.isArray(list) ? list['data'] : null;
    if (!Array.isArray(data)) throw this.noSuchProtocol('/models', JSON.stringify(list));
    return data.flatMap((each) => {
      const id = typeof each === 'object' && each !== null && !Array.isArray(each) ? each['id'] : null;
      return typeof id === 'string' ? [id] : [];
    });
  }

  /** What the server answers to a chat request: one object, or each event of its stream. */
  async *chat(body: JsonObject, signal: AbortSignal): AsyncGenerator<Json> {
    const request: Request = { path: '/chat/completions', body };
    for (let tries = 0; ; tries += 1) {
      const deadline = new Deadline(signal, this.patience.idleMs, this.patience.wholeMs);
      try {
        const response = await this.within(deadline, signal, () => this.sent(request, deadline));
        yield* this.events(response, deadline, signal);
        return;
      } catch (error) {
        const wait = this.patience.waits[tries];
        if (wait === undefined || !(error instanceof Busy)) throw error;
        await sleep(Math.min(LONGEST_WAIT_MS, error.waitMs ?? wait), undefined, { signal });
      } finally {
        deadline.end();
      }
    }
  }

  /** JSON that is no answer of this protocol. */
  noSuchProtocol(path: string, text: string): FlipsideError {
    return new FlipsideError(
      `${this.address}${path} answered with something else than the OpenAI protocol has: “${this.quoted(text)}”. Check that the address leads to an OpenAI-compatible server, and that it ends where the server wants it to (often /v1).`,
    );
  }

  /** A text of the server, to be quoted. Some servers repeat the key that they refuse. */
  quoted(text: string): string {
    return excerpt(this.key === null || this.key === '' ? text : text.replaceAll(this.key, '[key]'));
  }

  private async *events(response: Response, deadline: Deadline, signal: AbortSignal): AsyncGenerator<Json> {
    if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
      yield await this.within(deadline, signal, () => this.json(response, deadline));
      return;
    }
    const lines = this.lines(response, deadline);
    for (;;) {
      const next = await this.within(deadline, signal, () => lines.next());
      if (next.done === true) return;
      const data = /^data: ?(.*)$/.exec(next.value)?.[1];
      if (data === '[DONE]') return;
      if (data !== undefined && data !== '') yield this.parsed(data, '/chat/completions');
    }
  }

  /** Sends a request, following redirects on the same host only, and throws what a refusal says. */
  private async sent({ path, body }: Request, deadline: Deadline): Promise<Response> {
    let url = new URL(this.address + path + this.base.search);
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const response = await fetch(url.href, {
        method: body === null ? 'GET' : 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          ...(this.key === null || this.key === '' ? {} : { authorization: `Bearer ${this.key}` }),
        },
        body: body === null ? null : JSON.stringify(body),
        redirect: 'manual',
        signal: deadline.signal,
      });
      deadline.touch();
      if (response.ok) return response;
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null)
        throw await this.refused(path, response, deadline);
      await response.body?.cancel();
      url = this.redirected(url, location);
    }
    throw new FlipsideError(`${this.address} redirects without end. Correct the address of this endpoint.`);
  }

  private redirected(from: URL, location: string): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
    if (to !== null && to.host === from.host && (to.protocol === from.protocol || to.protocol === 'https:')) return to;
    const where = to === null ? `“${this.quoted(location)}”` : to.origin;
    throw new FlipsideError(
      `${this.address} redirects to ${where}, and neither questions nor keys are sent to another server than the one named. If it is the right one, write its address into the endpoint.`,
    );
  }

  private async refused(path: string, response: Response, deadline: Deadline): Promise<Refused> {
    const body = this.quoted(await this.text(response, deadline).catch(() => ''));
    const said = body === '' ? 'without a word' : `“${body}”`;
    const message = `${this.address}${path} answered ${response.status}: ${said}. ${adviceOn(response.status, body)}`;
    if (!BUSY.includes(response.status)) return new Refused(response.status, message);
    const after = Number(response.headers.get('retry-after') ?? Number.NaN);
    return new Busy(response.status, message, Number.isFinite(after) && after >= 0 ? after * 1000 : null);
  }

  private async json(response: Response, deadline: Deadline): Promise<Json> {
    return this.parsed(await this.text(response, deadline), new URL(response.url).pathname);
  }

  private parsed(text: string, path: string): Json {
    try {
      return JSON.parse(text) as Json;
    } catch {
      throw this.noSuchProtocol(path.replace(/^.*(?=\/(models|chat\/completions)$)/, ''), text);
    }
  }

  private async text(response: Response, deadline: Deadline): Promise<string> {
    let text = '';
    for await (const part of this.parts(response, deadline)) text += part;
    return text;
  }

  private async *lines(response: Response, deadline: Deadline): AsyncGenerator<string> {
    let rest = '';
    for await (const part of this.parts(response, deadline)) {
      const lines = (rest + part).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  }

  private async *parts(response: Response, deadline: Deadline): AsyncGenerator<string> {
    if (response.body === null) return;
    const decoder = new TextDecoder();
    let bytes = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      deadline.touch();
      bytes += chunk.length;
      if (bytes > MOST_BYTES)
        throw new FlipsideError(`${this.address} sent more than ${MOST_BYTES / 2 ** 20} MB, which is no answer.`);
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder.decode();
  }

  /** Runs what waits for the server, and says in words how it failed. */
  private async within<T>(deadline: Deadline, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      deadline.end();
      signal.throwIfAborted();
      if (deadline.passed !== null)
        throw new FlipsideError(
          `${this.address} ${deadline.passed}. Check that the server runs and has loaded its model, or give it a smaller image.`,
        );
      if (error instanceof FlipsideError || !(error instanceof Error)) throw error;
      throw new FlipsideError(`${this.address} ${this.quoted(failureOf(error))}`);
    }
  }
}

/** Worth another try. */
class Busy extends Refused {
  constructor(
    status: number,
    message: string,
    /** What the server asks to wait; null where it says nothing. */
    readonly waitMs: number | null,
  ) {
    super(status, message);
  }
}

function baseOf(url: string): URL {
  if (!URL.canParse(url))
    throw new FlipsideError(`“${excerpt(url)}” is no address. Write it in full: http://127.0.0.1:8000/v1`);
  const base = new URL(url);
  if (base.username !== '' || base.password !== '')
    throw new FlipsideError(
      `The address of ${base.host} holds a name or a password. Take it out, and store the key with the command that asks for it.`,
    );
  if (base.protocol !== 'http:' && base.protocol !== 'https:')
    throw new FlipsideError(`“${excerpt(url)}” begins with ${base.protocol}, and only http and https are spoken.`);
  base.hash = '';
  base.pathname = base.pathname.replace(/\/+$/, '');
  return base;
}

function adviceOn(status: number, body: string): string {
  if (/out of memory/i.test(body)) {
    return 'The server ran out of memory: give it a smaller image, or start it with a smaller model or context.';
  }
  if (status === 401 || status === 403) return 'Check the key of this endpoint.';
  if (status === 404)
    return 'Check the name of the model, and the address: most servers want it with /v1 at its end, some without.';
  if (status === 413) return 'The image is too large for this server: make it smaller, or raise the server’s limit.';
  if (status === 429) return 'The server has too much to do: try again later.';
  if (status === 503) return 'The server may still be loading its model: try again in a while.';
  if (status >= 500) return 'The server failed: its own log says why.';
  return 'What the server says there is what it did not accept.';
}

/** Node says why a connection failed in the cause of the error, and in codes. */
function failureOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  if (code === 'ECONNREFUSED')
    return 'does not answer: nothing listens there. Start the server, or correct the address.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'does not answer: no such host is known. Correct the address.';
  if (code.startsWith('ERR_TLS') || /CERT|SIGNATURE/.test(code))
    return `has a certificate that is not trusted (${code}). Set NODE_EXTRA_CA_CERTS to that of its authority.`;
  if (error.message === 'terminated' || code === 'ECONNRESET' || code === 'UND_ERR_SOCKET')
    return `broke the connection off before its answer was complete (${code}): its own log says why. Ask again once it runs.`;
  return `cannot be reached (${code}).`;
}
