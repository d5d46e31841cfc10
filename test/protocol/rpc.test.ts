import assert from 'node:assert/strict';
import { FlipsideError } from '../../src/core/model.js';
import { Rpc, RpcError, type Channel } from '../../src/protocol/rpc.js';

interface Methods {
  double(params: { value: number }): Promise<number>;
  wait(params: null, signal: AbortSignal): Promise<string>;
  refuse(params: null): Promise<null>;
  break(params: null): Promise<null>;
}
interface Events {
  news: { readonly text: string };
}

/** Two ends of one wire; messages are copied, and arrive later. */
function wire(): [Channel, Channel] {
  const ends: ((message: unknown) => void)[] = [];
  const end = (own: number): Channel => ({
    send: (message) => {
      const copy: unknown = structuredClone(message);
      setImmediate(() => ends[1 - own]?.(copy));
    },
    listen: (onMessage) => (ends[own] = onMessage),
  });
  return [end(0), end(1)];
}

function pair() {
  const [near, far] = wire();
  let aborted = false;
  const local: Methods = {
    double: ({ value }) => Promise.resolve(value * 2),
    wait: (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('stopped'));
        }),
      ),
    refuse: () => Promise.reject(new FlipsideError('Mend the file.')),
    break: () => {
      throw new TypeError('x is undefined');
    },
  };
  const server = new Rpc<Methods, object, Events, object>(far, local);
  const client = new Rpc<object, Methods, object, Events>(near, {});
  return { server, client, wasAborted: () => aborted };
}

const failure = (kind: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RpcError);
  assert.equal(error.kind, kind);
  assert.match(error.message, message);
  return true;
};

describe('protocol: rpc', () => {
  it('answers requests, several at once, each with its own result', async () => {
    const { client } = pair();
    const results = await Promise.all([1, 2, 3].map((value) => client.request('double', { value })));
    assert.deepEqual(results, [2, 4, 6]);
  });

  it('always replies: expected failures with their message, defects with their stack, unknown methods by name', async () => {
    const { client } = pair();
    await assert.rejects(client.request('refuse', null), failure('expected', /^Mend the file\.$/));
    const defect = await client.request('break', null).catch((error: unknown) => error as RpcError);
    assert.ok(defect instanceof RpcError && defect.kind === 'defect');
    assert.match(defect.remoteStack ?? '', /rpc\.test/);
    await assert.rejects(client.request('absent' as 'break', null), failure('defect', /Nobody answers "absent"/));
    await assert.rejects(client.request('toString' as 'break', null), failure('defect', /Nobody answers "toString"/));
  });

  it('cancels: the asker hears it at once, the handler by its signal', async () => {
    const { client, wasAborted } = pair();
    const controller = new AbortController();
    const asked = client.request('wait', null, controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    await assert.rejects(asked, failure('cancelled', /Cancelled/));
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(wasAborted(), true);
    await assert.rejects(client.request('wait', null, AbortSignal.abort()), failure('cancelled', /Cancelled/));
  });

  it('sends events to all who listen, until they stop', async () => {
    const { server, client } = pair();
    const heard: string[] = [];
    const stop = client.on('news', ({ text }) => heard.push(`a ${text}`));
    client.on('news', ({ text }) => heard.push(`b ${text}`));
    server.emit('news', { text: '1' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    stop();
    server.emit('news', { text: '2' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(heard, ['a 1', 'b 1', 'b 2']);
  });

  it('tells of an event those who listened when it came, once each, and nobody who has stopped', async () => {
    const { server, client } = pair();
    const heard: string[] = [];
    let endOther = (): void => undefined;
    const listen = (): (() => void) =>
      client.on('news', ({ text }) => {
        heard.push(text);
        // As a page does that is drawn anew.
        end();
        end = listen();
        endOther();
      });
    let end = listen();
    endOther = client.on('news', () => heard.push('the other one'));
    server.emit('news', { text: '1' });
    server.emit('news', { text: '2' });
    await client.request('double', { value: 1 });
    assert.deepEqual(heard, ['1', '2']);
  });

  it('fails what waits, and what comes later, once the channel is closed', async () => {
    const { client } = pair();
    const waiting = client.request('wait', null);
    client.close('The process ended.');
    await assert.rejects(waiting, failure('expected', /The process ended/));
    await assert.rejects(client.request('double', { value: 1 }), failure('expected', /The process ended/));
  });
});
