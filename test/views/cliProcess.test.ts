import assert from 'node:assert/strict';
import { FlipsideError } from '../../src/core/model.js';
import { runCli } from '../../src/views/cliProcess.js';

/** Runs a small program in the place of the command line: the real child process, its streams and its end. */
async function run(program: string, { signal = new AbortController().signal, node = process.execPath } = {}) {
  const lines: string[] = [];
  const text = await runCli({
    node,
    args: ['--input-type=module', '--eval', program],
    env: process.env,
    signal,
    onLine: (line) => lines.push(line),
  });
  return { text, lines };
}

function failure(message: RegExp | string) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof FlipsideError, `not an expected failure: ${String(error)}`);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}

describe('the command line as a child process', () => {
  it('returns stdout whole and passes stderr on by lines', async () => {
    const { text, lines } = await run(
      `process.stderr.write('reading a\\nread'); process.stderr.write('ing ä\\r\\nlast');
       process.stdout.write('é'.repeat(300_000));`,
    );
    assert.equal(text, 'é'.repeat(300_000));
    assert.deepEqual(lines, ['reading a', 'reading ä', 'last']);
  });

  it("rejects with the child's last message", async () => {
    const program = `console.error('reading x'); console.error('No prediction files.'); process.exitCode = 1;`;
    await assert.rejects(run(program), failure('No prediction files.'));
  });

  it('names the error of an uncaught exception, not its last frame or the version of Node', async () => {
    await assert.rejects(run(`throw new RangeError('too far')`), failure('RangeError: too far'));
    await assert.rejects(
      run(`await import('./nowhere.mjs')`),
      failure(/^Error \[ERR_MODULE_NOT_FOUND\]: Cannot find module/),
    );
  });

  it('says so where the child ends without a word', async () => {
    await assert.rejects(run('process.exitCode = 3'), failure(/ended with status 3\.$/));
  });

  it('tells a crash from a failure', async () => {
    if (process.platform === 'win32') return;
    const program = `console.error('reading x'); process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`;
    await assert.rejects(run(program), failure(/ended by SIGKILL; it last said: reading x$/));
  });

  it('names the program and the setting where it cannot be started', async () => {
    await assert.rejects(run('', { node: '/nowhere/node' }), failure(/"\/nowhere\/node".*flipside\.nodePath/));
  });

  it('stops a child that ends when asked, and one that does not', async () => {
    for (const listener of ['process.exit(130)', '']) {
      const stop = new AbortController();
      const program = `process.on('SIGINT', () => { ${listener} }); setInterval(() => {}, 1000); console.error(process.pid);`;
      let pid = 0;
      const running = runCli({
        node: process.execPath,
        args: ['--eval', program],
        env: process.env,
        signal: stop.signal,
        onLine: (line) => {
          pid = Number(line);
          stop.abort();
        },
      });
      await assert.rejects(running, { name: 'AbortError' });
      assert.ok(pid > 0);
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'the child is still there');
    }
  });

  it('starts nothing once it was stopped', async () => {
    await assert.rejects(run('', { signal: AbortSignal.abort(), node: '/nowhere/node' }), { name: 'AbortError' });
  });
});
