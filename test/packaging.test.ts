import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly isText: boolean;
  readonly content: Buffer;
}

type Listed = { readonly name: string; readonly file?: string; readonly text?: string };
type Manifest = Readonly<Record<string, unknown>>;
type Asked = { readonly target: string; readonly bytes: number; readonly places?: readonly string[] };

interface Packaging {
  readonly TARGETS: readonly string[];
  readonly packagesOf: (target: string) => Record<string, readonly string[]>;
  readonly platformsOf: (head: Buffer) => readonly string[];
  readonly checkIntegrity: (file: string, name: string, integrity: string) => void;
  readonly chosen: (files: readonly string[], patterns: readonly string[], owner: string) => readonly string[];
  readonly packagedReadme: (text: string, names: readonly string[]) => string;
  readonly packagedManifest: (manifest: Manifest, target: string) => Manifest;
  readonly problemsOf: (entries: readonly Entry[], asked: Asked) => readonly string[];
  readonly readVsix: (file: string) => Promise<readonly Entry[]>;
  readonly writeVsix: (file: string, target: string, entries: readonly Listed[]) => Promise<void>;
}

const parts = ['targets', 'binaries', 'registry', 'contents', 'vsix', 'rules'];
const load = (part: string): Promise<object> =>
  import(pathToFileURL(path.join(root, 'scripts', 'package', `${part}.mjs`)).href) as Promise<object>;
const packaging = Object.assign({}, ...(await Promise.all(parts.map(load)))) as Packaging;
const { TARGETS, packagedReadme, packagesOf, platformsOf, problemsOf } = packaging;

/** The first bytes of a native file as compilers write them, for the processor of that target. */
function native(target: string): Buffer {
  const head = Buffer.alloc(512);
  const isArm = target.endsWith('arm64');
  if (target.startsWith('linux')) {
    head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
    head.writeUInt16LE(isArm ? 0xb7 : 0x3e, 18);
  } else if (target.startsWith('darwin')) {
    head.writeUInt32LE(0xfeedfacf, 0);
    head.writeUInt32LE(isArm ? 0x0100000c : 0x01000007, 4);
  } else {
    head.write('MZ', 0, 'latin1');
    head.writeUInt32LE(0x80, 0x3c);
    head.write('PE\0\0', 0x80, 'latin1');
    head.writeUInt16LE(isArm ? 0xaa64 : 0x8664, 0x84);
  }
  return head;
}

function text(name: string, content = ''): Entry {
  return { name: `extension/${name}`, size: content.length, isText: true, content: Buffer.from(content) };
}

function binary(name: string, content: Buffer): Entry {
  return { name: `extension/${name}`, size: content.length, isText: false, content };
}

/** A package that breaks no rule, with contents of our own making. */
function goodPackage(target: string): Entry[] {
  const manifest = { name: 'flipside', main: './dist/extension.cjs', icon: 'media/icon.png' };
  const dist = ['extension.cjs', 'server.cjs', 'inference.cjs', 'indexThread.js', 'hashThread.js'];
  const models = ['augmented', 'baseline'].flatMap((name) => [`models/${name}.json`, `models/${name}.onnx`]);
  const pages = ['errors', 'inspector', 'dashboard', 'compare', 'mapping', 'models', 'agreement'].flatMap((page) => [
    `webviews/${page}.js`,
    `webviews/${page}.css`,
  ]);
  return [
    { ...text(''), name: 'extension.vsixmanifest', content: Buffer.from(`<Identity TargetPlatform="${target}" />`) },
    { ...text(''), name: '[Content_Types].xml' },
    text('package.json', JSON.stringify(manifest)),
    ...['package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE.txt'].map((name) => text(name, '{}')),
    ...[...dist, ...pages].map((name) => text(`dist/${name}`)),
    ...[...models, 'python/hf_backend.py', 'docs/process-protocol.md'].map((name) => text(name)),
    text('dist/cli.js', "import './chunks/a.js';"),
    text('dist/chunks/a.js'),
    binary('media/icon.png', Buffer.from('\x89PNG', 'latin1')),
    ...Object.keys(packagesOf(target)).flatMap((name) => [
      text(`node_modules/${name}/package.json`, '{}'),
      text(`node_modules/${name}/LICENSE`),
      ...(name.endsWith(`-${target}`) ? [binary(`node_modules/${name}/lib/x.node`, native(target))] : []),
    ]),
  ];
}

/** What is said of a good package with more files in it, and without those whose name holds `less`. */
function said(more: readonly Entry[], less: string | null = null, asked: Partial<Asked> = {}): readonly string[] {
  const entries = goodPackage('linux-x64').filter(({ name }) => less === null || !name.includes(less));
  return problemsOf([...entries, ...more], { target: 'linux-x64', bytes: 1, ...asked });
}

describe('the rules on what a package holds', () => {
  for (const target of TARGETS) {
    it(`let a package for ${target} pass, and take its native files for no other`, () => {
      assert.deepEqual(problemsOf(goodPackage(target), { target, bytes: 90_000_000 }), []);
      assert.deepEqual(platformsOf(native(target)), [target]);
    });
  }

  it('refuse one that is too large', () => {
    assert.deepEqual(said([], null, { bytes: 90_100_000 }), ['It has 90.1 MB, more than 90.']);
  });

  for (const name of [
    ...['dist/server.cjs.map', 'dist/a.ts', 'node_modules/semver/index.d.mts', 'dist/test/a.js', 'dist/a.test.js'],
    ...['node_modules/sharp/src/common.cc', '.env', 'media/.npmrc', 'media/key.pem', '.vscode/launch.json', 'src/a.js'],
    ...['node_modules/preact/dist/preact.js', 'node_modules/@img/sharp-linuxmusl-x64/package.json'],
    ...['node_modules/@duckdb/node-bindings-linux-x64-musl/LICENSE', 'node_modules/@img/sharp-darwin-arm64/index.cjs'],
  ]) {
    it(`refuse ${name}`, () => {
      const problems = said([text(name)]);
      assert.ok(
        problems.length > 0 && problems.every((problem) => problem.startsWith(`${name} is `)),
        String(problems),
      );
    });
  }

  for (const name of [
    'dist/server.cjs',
    'dist/chunks/a.js',
    'media/icon.png',
    'package.nls.json',
    'semver/package.json',
  ]) {
    it(`miss ${name}`, () => {
      const problems = said([], name);
      assert.ok(problems.includes(`${name.replace('semver', 'node_modules/semver')} is missing.`), String(problems));
    });
  }

  it('miss the native file and the licence of a package', () => {
    const database = 'node_modules/@duckdb/node-bindings-linux-x64';
    assert.deepEqual(said([], `${database}/lib/x.node`), ['@duckdb/node-bindings-linux-x64 has no native file.']);
    assert.deepEqual(said([], `${database}/LICENSE`), ['@duckdb/node-bindings-linux-x64 has no licence.']);
  });

  it("miss a picture of README's, and refuse one that is too large", () => {
    const readme = text('README.md', '![The list](media/readme/list.png) ![badge](https://example.org/a.svg)');
    assert.deepEqual(said([readme], 'README.md'), ['media/readme/list.png is missing.']);
    const large = { ...binary('media/readme/list.png', Buffer.alloc(100)), size: 300_000 };
    assert.deepEqual(said([readme, large], 'README.md'), ['media/readme/list.png has 300000 bytes, too many.']);
  });

  it("miss a page that README leads to, which the package's README does not", () => {
    const links =
      'See [the rules](ARCHITECTURE.md#directions), [a schema](schemas/a.json), [below](#below), [MIT](LICENSE).';
    assert.deepEqual(said([text('README.md', links)], 'README.md'), [
      'ARCHITECTURE.md is missing.',
      'schemas/a.json is missing.',
      'LICENSE is missing.',
    ]);
    const packaged = packagedReadme(links, ['schemas/a.json', 'LICENSE.txt']);
    assert.equal(packaged, 'See the rules, [a schema](schemas/a.json), [below](#below), [MIT](LICENSE.txt).');
    assert.deepEqual(said([text('README.md', packaged), text('schemas/a.json', '{}')], 'README.md'), []);
  });

  it('look into native files, whatever their names say', () => {
    for (const other of TARGETS.filter((target) => target !== 'linux-x64')) {
      const name = 'node_modules/@img/sharp-linux-x64/lib/y.node';
      assert.deepEqual(said([binary(name, native(other))]), [`${name} is built for ${other}, not for linux-x64.`]);
    }
    const odd = said([binary('node_modules/sharp/z.so.1', Buffer.from('text'))]);
    assert.deepEqual(odd, ['node_modules/sharp/z.so.1 is built for no platform that is known, not for linux-x64.']);
    const hidden = said([binary('media/picture.png', native('win32-x64'))]);
    assert.deepEqual(hidden, ['media/picture.png is built for win32-x64, not for linux-x64.']);
  });

  it('find secrets and folders of this machine in texts', () => {
    const token = `npm_${'a'.repeat(36)}`;
    assert.deepEqual(said([text('dist/a.js', `const a = '${token}';`)]), ["dist/a.js holds a token of npm's."]);
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----';
    assert.deepEqual(said([text('schemas/a.json', key)]), ['schemas/a.json holds a private key.']);
    const places = ['/somebody/checkout'];
    const problems = said([text('dist/a.js', '// /somebody/checkout/src/a.ts')], null, { places });
    assert.deepEqual(problems, ['dist/a.js names a folder of this machine.']);
  });

  it('refuse what lies beside the extension, and an archive for another target', () => {
    assert.deepEqual(said([{ ...text(''), name: 'other/a.js' }]), ['other/a.js lies outside of extension/.']);
    assert.deepEqual(said([text('dist/cli.js')]), ['extension/dist/cli.js is there twice.']);
    const problems = problemsOf(goodPackage('linux-x64'), { target: 'linux-arm64', bytes: 1 });
    assert.ok(problems.includes('extension.vsixmanifest is not for linux-arm64.'));
  });
});

describe('native files', () => {
  it('may be for several processors', () => {
    const head = Buffer.alloc(128);
    head.writeUInt32BE(0xcafebabe, 0);
    head.writeUInt32BE(2, 4);
    head.writeUInt32BE(0x01000007, 8);
    head.writeUInt32BE(0x0100000c, 28);
    assert.deepEqual(platformsOf(head), ['darwin-x64', 'darwin-arm64']);
  });

  it('are told from what begins alike', () => {
    const javaClass = Buffer.alloc(128);
    javaClass.writeUInt32BE(0xcafebabe, 0);
    javaClass.writeUInt32BE(61, 4);
    assert.deepEqual(platformsOf(javaClass), []);
    assert.deepEqual(
      platformsOf(Buffer.from('MZ is how this sentence begins, and it goes on for long enough to be read.')),
      [],
    );
    assert.deepEqual(platformsOf(Buffer.from('MZ')), []);
  });
});

describe('what goes into a package', () => {
  it('is what patterns mean, and every pattern means something', () => {
    const files = ['lib/a.js', 'lib/a.d.ts', 'lib/deep/b.js', 'LICENSE'];
    assert.deepEqual(packaging.chosen(files, ['lib/*.js', 'LICENSE'], 'x'), ['LICENSE', 'lib/a.js']);
    assert.throws(() => packaging.chosen(files, ['*.dll'], 'x'), /x has no file \*\.dll/);
  });

  it('names packages of the lock file alone', () => {
    const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as { packages: object };
    for (const target of TARGETS) {
      const unknown = Object.keys(packagesOf(target)).filter((name) => !(`node_modules/${name}` in lock.packages));
      assert.deepEqual(unknown, [], target);
    }
  });

  it('leaves out of the manifest what only development needs', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
    const { scripts, devDependencies, dependencies, ...kept } = packaging.packagedManifest(manifest, 'win32-x64');
    assert.deepEqual([scripts, devDependencies], [undefined, undefined]);
    assert.deepEqual(Object.keys(dependencies as object).sort(), [
      '@huggingface/transformers',
      'onnxruntime-node',
      'sharp',
    ]);
    for (const key of ['name', 'version', 'publisher', 'engines', 'type', 'main', 'contributes', 'capabilities']) {
      assert.deepEqual(kept[key], manifest[key], key);
    }
  });

  it('is refused where the registry gives other bytes than the lock file names', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-packaging-'));
    try {
      const file = path.join(folder, 'a.tgz');
      writeFileSync(file, 'abc');
      const sha512 = 'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';
      packaging.checkIntegrity(file, 'a', sha512);
      writeFileSync(file, 'abd');
      assert.throws(() => packaging.checkIntegrity(file, 'a', sha512), /a: the registry's file is sha512-/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the archive', () => {
  const manifest = {
    ...{
      name: 'flipside',
      version: '1.2.3',
      publisher: 'someone',
      displayName: 'Left & right',
      icon: 'media/icon.png',
    },
    ...{ description: '%about%', keywords: ['a', 'b'], categories: ['Other'], engines: { vscode: '^1.101.0' } },
    galleryBanner: { color: '#16324a', theme: 'dark' },
  };
  const entries = [
    { name: 'package.json', text: JSON.stringify(manifest) },
    { name: 'package.nls.json', text: JSON.stringify({ about: 'What "it" does' }) },
    { name: 'media/icon.png', file: path.join(root, 'media', 'icon.png') },
  ];

  async function withArchive(body: (file: string) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-packaging-'));
    try {
      const file = path.join(folder, 'a.vsix');
      await packaging.writeVsix(file, 'linux-arm64', entries);
      await body(file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it('gives back what was put into it, beside what VS Code reads', () =>
    withArchive(async (file) => {
      const read = await packaging.readVsix(file);
      assert.deepEqual(
        read.map(({ name }) => name),
        ['extension.vsixmanifest', '[Content_Types].xml', ...entries.map(({ name }) => `extension/${name}`)],
      );
      const icon = readFileSync(path.join(root, 'media', 'icon.png'));
      assert.equal(read[4]?.size, icon.length);
      assert.deepEqual(read[4]?.content, icon.subarray(0, 4096));
      const said = String(read[0]?.content);
      assert.match(said, /Id="flipside" Version="1\.2\.3" Publisher="someone" TargetPlatform="linux-arm64"/);
      assert.match(said, /<DisplayName>Left &amp; right<\/DisplayName>/);
      assert.match(said, />What &quot;it&quot; does</);
      assert.match(String(read[1]?.content), /Extension="\.png" ContentType="image\/png"/);
    }));

  it('has the same bytes for the same files', () =>
    withArchive(async (first) => {
      const bytes = readFileSync(first);
      await withArchive((second) => Promise.resolve(assert.deepEqual(readFileSync(second), bytes)));
    }));
});
