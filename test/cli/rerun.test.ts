import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../src/core/analysis.js';
import { jsonOf, runCli, startCli, withWorkspace, type Workspace } from '../support/cli.js';

const PATIENCE_MS = 180_000;
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const CPU = ['--device', 'cpu'];

interface RerunJson {
  readonly run: string;
  readonly file: string;
  readonly model: string;
  readonly device: string;
  readonly items: readonly {
    readonly run: string;
    readonly item: string;
    readonly before: string;
    readonly after: readonly string[];
    readonly answer: string | null;
    readonly gold: string;
    readonly responses: readonly string[];
    readonly probabilities: readonly number[];
    readonly source: string;
    readonly notes: readonly string[];
    readonly saliency: {
      readonly method: string;
      readonly target: string;
      readonly png: readonly string[];
      readonly raw: readonly string[];
      readonly inside: number;
      readonly area: number;
      readonly insideBoxes: readonly { readonly label: string; readonly share: number }[];
    } | null;
  }[];
  readonly failed: readonly { readonly item: string; readonly reason: string }[];
}

/** A copy of the samples: a rerun is written beside the runs. */
function samplesIn(workspace: Workspace): string {
  const folder = path.join(workspace.folder, 'samples');
  for (const name of ['scenes', 'results', 'benchmark.json']) {
    cpSync(path.join(ROOT, 'samples', name), path.join(folder, name), { recursive: true });
  }
  return folder;
}

describe('flipside rerun', function () {
  this.timeout(PATIENCE_MS);

  it("asks the run's own model again: the same answers, as a run like any other, with all that made them", async () => {
    await withWorkspace(async (workspace) => {
      const folder = samplesIn(workspace);
      const before = readFileSync(path.join(folder, 'results/baseline/result_baseline.csv'));
      const cache = ['--cache', workspace.cache];
      const flips = ['--run', 'result_baseline.csv', '--class', 'horizontal-flip'];
      const ran = await jsonOf<RerunJson>(['rerun', folder, ...flips, ...CPU, ...cache]);
      assert.equal(ran.model, 'bundled:baseline');
      assert.equal(ran.device, 'CPU');
      assert.ok(ran.items.length > 5, String(ran.items.length));
      for (const item of ran.items) {
        assert.deepEqual([item.before, ...item.after], ['horizontal-flip', 'horizontal-flip'], item.item);
        const sum = item.probabilities.reduce((total, each) => total + each, 0);
        assert.ok(Math.abs(sum - 1) < 1e-6);
      }
      assert.deepEqual(readFileSync(path.join(folder, 'results/baseline/result_baseline.csv')), before);
      const lines = readFileSync(ran.file, 'utf8').trim().split('\n');
      assert.equal(lines.length, ran.items.length);
      const [record] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const weights = (JSON.parse(readFileSync(path.join(ROOT, 'models/baseline.json'), 'utf8')) as { sha256: string })
        .sha256;
      assert.equal(record?.['weights'], weights);
      assert.match(String((record?.['image_sha256'] as string[])[0]), /^[0-9a-f]{64}$/);
      assert.deepEqual(record?.['transforms'], []);
      for (const key of ['model_id', 'device', 'prompt', 'seed', 'temperature', 'duration_ms', 'created', 'of']) {
        assert.ok(record !== undefined && key in record, key);
      }
      const summary = await jsonOf<Summary>(['summary', folder, ...cache]);
      const rerun = summary.runs.find(({ id }) => id.includes('.flipside/reruns/'));
      assert.equal(rerun?.items, ran.items.length);
    });
  });

  it('asks another model, and joins what it answers with the run by content', async () => {
    await withWorkspace(async (workspace) => {
      const folder = samplesIn(workspace);
      const cache = ['--cache', workspace.cache];
      const chosen = ['--run', 'result_baseline.csv', '--where', 'correct=false', '--model', 'augmented'];
      const ran = await jsonOf<RerunJson>(['rerun', folder, ...chosen, ...CPU, ...cache]);
      const fixed = ran.items.filter(({ after }) => after[0] === 'correct').length;
      assert.ok(fixed > ran.items.length / 2, `${fixed} of ${ran.items.length}`);
      const compared = ['compare', folder, '--base', 'result_baseline.csv', '--new', ran.run, ...cache];
      const { stdout, code } = await runCli([...compared, '--format', 'json']);
      assert.equal(code, 0);
      const text = JSON.stringify(JSON.parse(stdout));
      assert.match(text, new RegExp(`"fixed":${fixed}\\b`), text.slice(0, 600));
    });
  });

  it('explains any option that is named, and says which there are where it is none', async () => {
    await withWorkspace(async (workspace) => {
      const folder = samplesIn(workspace);
      const one = ['rerun', folder, '--run', 'result_baseline.csv', '--item', '11', '--saliency', 'gradient', ...CPU];
      const above = await jsonOf<RerunJson>([...one, '--target', 'option:ABOVE']);
      assert.equal(above.items[0]?.saliency?.target, 'above');
      // The answer stays, though there is no such map.
      const inside = await jsonOf<RerunJson>([...one, '--target', 'option:inside']);
      assert.equal(inside.items[0]?.saliency, null);
      assert.match(
        JSON.stringify(inside.items[0]),
        /No map: The item 11 of .* has no option \\"inside\\". It has: \\"below\\"/,
      );
      assert.notEqual(inside.items[0]?.answer, null);
    });
  });

  it('writes maps beside the rerun, with the share inside the boxes, by gradient and by occlusion', async () => {
    await withWorkspace(async (workspace) => {
      const folder = samplesIn(workspace);
      const one = [
        'rerun',
        folder,
        '--run',
        'result_baseline.csv',
        '--class',
        'horizontal-flip',
        '--limit',
        '1',
        ...CPU,
      ];
      for (const method of ['gradient', 'occlusion']) {
        const out = path.join(workspace.folder, '..', method);
        const ran = await jsonOf<RerunJson>([
          ...one,
          '--saliency',
          method,
          '--target',
          'gold-minus-answer',
          '--out',
          out,
        ]);
        const saliency = ran.items[0]?.saliency;
        assert.equal(saliency?.method, method);
        assert.match(saliency?.target ?? '', /^(left|right) minus (left|right)$/);
        assert.ok((saliency?.inside ?? 0) > (saliency?.area ?? 1), `${saliency?.inside} of ${saliency?.area}`);
        assert.ok((saliency?.insideBoxes.length ?? 0) >= 2);
        for (const file of [...(saliency?.png ?? []), ...(saliency?.raw ?? [])])
          assert.ok(existsSync(path.join(out, file)), file);
        assert.ok(!readdirSync(out).some((name) => name.endsWith('.tmp')));
      }
    });
  });

  it('draws the same samples from the same seed', async () => {
    await withWorkspace(async (workspace) => {
      const folder = samplesIn(workspace);
      const ask = (seed: string): Promise<RerunJson> =>
        jsonOf<RerunJson>([
          ...['rerun', folder, '--run', 'result_baseline.csv', '--class', 'horizontal-flip', '--limit', '4', ...CPU],
          ...[
            '--samples',
            '6',
            // So sure is the model that only much heat makes it say anything else.
            '--temperature',
            '1000',
            '--seed',
            seed,
            '--out',
            path.join(workspace.folder, '..', 'out'),
          ],
        ]);
      const [first, again, other] = [await ask('3'), await ask('3'), await ask('4')];
      const texts = ({ items }: RerunJson): string => JSON.stringify(items.map(({ responses }) => responses));
      assert.equal(first.items[0]?.responses.length, 6);
      assert.equal(texts(again), texts(first));
      assert.notEqual(texts(other), texts(first));
      // Each question is drawn for by itself, and another seed is no shifted row of the first.
      const letters = ({ items }: RerunJson): string[] =>
        items.map(({ responses }) => responses.map((text) => text[0]).join(''));
      assert.ok(new Set(letters(first)).size > 2, letters(first).join(' '));
    });
  });

  it('says what cannot be asked, and of what', async () => {
    await withWorkspace(async (workspace) => {
      const folder = samplesIn(workspace);
      const run = ['rerun', folder, '--run', 'result_baseline.csv', ...CPU];
      const unknown = await runCli([...run, '--model', 'nonsense', '--item', '0']);
      assert.equal(unknown.code, 2);
      assert.match(unknown.stderr, /There is no model "nonsense"\. There are:\s+bundled:augmented/);
      const several = await runCli([...run, '--samples', '3', '--temperature', '0', '--item', '0']);
      assert.match(several.stderr, /At --temperature 0 all samples are the same answer/);
      const missing = await runCli([...run, '--item', '99999']);
      assert.match(missing.stderr, /has no item "99999"/);
      const boxes = await runCli(['rerun', folder, '--run', 'result_baseline-boxes.csv', '--item', '0', ...CPU]);
      assert.equal(boxes.code, 2);
      assert.match(boxes.stderr, /The run is of "baseline-boxes", which is not among the models here/);
      const mixed = await runCli(['rerun', folder, '--all', '--limit', '1000', ...CPU]);
      assert.equal(mixed.code, 2);
      assert.match(mixed.stderr, /The items are of 6 runs \(.*\), and one model is asked\. Take one run with --run/);
      writeFileSync(path.join(workspace.folder, 'file'), '');
      const beside = ['--saliency', 'gradient', '--out', path.join(workspace.folder, 'file', 'out')];
      const unwritable = await runCli([...run, '--item', '0', ...beside]);
      assert.equal(unwritable.code, 1);
      assert.match(unwritable.stderr, /The rerun cannot be written to .*out.* Check the folder's permissions/);
      assert.doesNotMatch(unwritable.stderr, /failed unexpectedly/);
      const few = await runCli([...run, '--all', '--limit', '1', '--out', path.join(workspace.folder, 'few')]);
      assert.match(few.stderr, /1 of \d+ items that match are asked; --limit takes more/);
    });
  });
});

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('flipside models', function () {
  this.timeout(PATIENCE_MS);

  it('lists what comes with it, what it can do, and what is missing elsewhere', async () => {
    const { models } = await jsonOf<{
      models: { id: string; state: string; missing: string | null; capabilities: string[] }[];
    }>([...['models', ...CPU, '--endpoint', `http://127.0.0.1:${await freePort()}/v1`]]);
    const augmented = models.find(({ id }) => id === 'bundled:augmented');
    assert.equal(augmented?.state, 'ready');
    assert.ok(
      ['optionProbs', 'inputGradient', 'tokenGradient', 'detect'].every((each) =>
        augmented.capabilities.includes(each),
      ),
    );
    const server = models.find(({ id }) => id.startsWith('openai:'));
    assert.equal(server?.state, 'unusable');
    assert.match(server.missing ?? '', /does not answer/);
  });
});

describe('flipside serve', function () {
  this.timeout(PATIENCE_MS);

  it('serves a model that another command asks', async () => {
    await withWorkspace(async (workspace) => {
      const folder = samplesIn(workspace);
      const serving = await startCli(['serve', '--model', 'augmented', '--port', '0', ...CPU]);
      try {
        let told = '';
        serving.child.stderr?.on('data', (text: string) => (told += text));
        await serving.said('Ctrl-C ends it.');
        const url = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(told)?.[0] ?? '';
        const asked = ['rerun', folder, '--run', 'result_baseline.csv', '--class', 'horizontal-flip', '--limit', '2'];
        const out = ['--out', path.join(workspace.folder, '..', 'out')];
        const direct = await jsonOf<RerunJson>([...asked, '--model', 'augmented', ...CPU, ...out]);
        const served = await jsonOf<RerunJson>([...asked, '--endpoint', url, '--model', new URL(url).host, ...out]);
        assert.equal(served.items[0]?.source, 'logprobs');
        for (const [index, { probabilities, answer }] of served.items.entries()) {
          assert.equal(answer, direct.items[index]?.answer);
          probabilities.forEach((each, option) =>
            assert.ok(Math.abs(each - (direct.items[index]?.probabilities[option] ?? -1)) < 1e-3),
          );
        }
      } finally {
        serving.child.kill('SIGINT');
        await serving.done;
      }
    });
  });
});
