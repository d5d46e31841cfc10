/**
 * The architecture's arrows as ESLint configuration: which part of src may import which. What is not allowed here is an
 * error. A path is allowed when it lies in the importing area itself or begins with one of the entries of `may`.
 */

/** The parts of the core that stand beside each other: none imports another. */
const LEAVES = ['formats', 'answers', 'relations', 'metrics', 'annotations', 'export', 'images'].map(
  (name) => `src/core/${name}`,
);
const MODEL = 'src/core/model.js';
/** What charts are made of: what the analysis makes and pages draw. */
const CHARTS = 'src/core/chartModel.js';
/** What comparisons of runs are made of: as of charts. */
const COMPARISONS = 'src/core/compareModel.js';
/** What annotations are made of: what files hold and pages show. */
const ANNOTATIONS = 'src/core/annotationModel.js';
/** What agreement between annotators and samples are made of: as of charts. */
const AGREEMENT = 'src/core/agreementModel.js';
/** What every part of the core may import; of imageData.ts, what readers of predictions and of images both need to know of bytes. */
const BASE = [MODEL, 'src/core/remembered.js', 'src/core/imageData.js'];
const BELOW_STORE = [...BASE, ...LEAVES.flatMap((leaf) => [`${leaf}/`, `${leaf}.js`])];
const FACADE = ['src/core/analysis.js', 'src/core/analysis/'];
const STORE = ['src/core/store/', 'src/core/store.js'];

const DUCKDB = { regex: '^@duckdb/', message: 'Only src/core/store imports DuckDB.' };
const VSCODE = { regex: '^vscode$', message: 'Only src/extension.ts and src/views import vscode.' };
const NETWORK = {
  regex: '^(node:)?(https?|http2|net|tls|dgram|dns)(/|$)',
  message: 'The core does not use the network.',
};
const NODE = { regex: '^node:', message: 'Pages and what they share run in a browser, without Node.' };
const CANONICAL = { regex: '^\\./\\.\\.?/|[^.]/\\.\\.?/', message: 'Write the shortest relative path.' };
const CORE_PACKAGES = [VSCODE, DUCKDB, NETWORK];

/**
 * `folder` (with everything in it) or `file` (one, or a glob of single files); `may`: beginnings of project paths it may import beside its own folder;
 * `packages`: bans on packages. Later entries win where two match a file.
 */
export const AREAS = [
  ...LEAVES.map((folder) => ({
    folder,
    may: folder === 'src/core/annotations' ? [...BASE, ANNOTATIONS] : BASE,
    packages: CORE_PACKAGES,
  })),
  { folder: 'src/core/store', may: [...BELOW_STORE, ANNOTATIONS], packages: [VSCODE, NETWORK] },
  {
    folder: 'src/core/analysis',
    may: [...BELOW_STORE, CHARTS, COMPARISONS, ANNOTATIONS, AGREEMENT, ...STORE, ...FACADE],
    packages: CORE_PACKAGES,
  },
  // Pictures are decoded by the library that the analysis process uses, set up alike.
  { folder: 'src/inference', may: [MODEL, 'src/protocol/', 'src/server/sharpLoader.js'], packages: [VSCODE, DUCKDB] },
  {
    folder: 'src/protocol',
    may: [MODEL, CHARTS, COMPARISONS, ANNOTATIONS, AGREEMENT],
    packages: [VSCODE, DUCKDB, NODE],
  },
  { folder: 'src/webviews', may: [MODEL, 'src/protocol/'], packages: [VSCODE, DUCKDB, NODE] },
  { folder: 'src/server', may: [MODEL, ANNOTATIONS, ...FACADE, 'src/protocol/'], packages: [VSCODE, DUCKDB] },
  {
    folder: 'src/views',
    may: [MODEL, CHARTS, COMPARISONS, ANNOTATIONS, AGREEMENT, 'src/protocol/', 'src/inference/'],
    packages: [DUCKDB],
  },
  { folder: 'src/cli', may: [MODEL, ...FACADE, 'src/inference/'], packages: [VSCODE, DUCKDB] },
  { file: 'src/core/*.ts', may: [MODEL], packages: CORE_PACKAGES },
  {
    file: 'src/core/analysis.ts',
    may: [...BELOW_STORE, CHARTS, COMPARISONS, ANNOTATIONS, AGREEMENT, ...STORE, ...FACADE],
    packages: CORE_PACKAGES,
  },
  { file: 'src/core/model.ts', may: [], packages: [{ regex: '.', message: 'model.ts imports nothing.' }] },
  ...LEAVES.map((leaf) => ({ file: `${leaf}.ts`, may: [...BASE, `${leaf}/`], packages: CORE_PACKAGES })),
  {
    file: 'src/cli.ts',
    // Pictures are found and decoded as for the extension.
    may: [MODEL, ...FACADE, 'src/cli/', 'src/inference/', 'src/server/reportPictures.js'],
    packages: [VSCODE, DUCKDB],
  },
  ...['src/hashThread.ts', 'src/indexThread.ts'].map((file) => ({
    file,
    may: ['src/core/analysis/'],
    packages: [VSCODE, DUCKDB],
  })),
  {
    file: 'src/server.ts',
    may: [MODEL, ...FACADE, 'src/server/', 'src/protocol/'],
    packages: [VSCODE, DUCKDB],
  },
  {
    file: 'src/inference.ts',
    may: [MODEL, 'src/inference/', 'src/protocol/'],
    packages: [VSCODE, DUCKDB],
  },
  {
    file: 'src/extension.ts',
    may: [MODEL, 'src/views/', 'src/inference/', 'src/protocol/'],
    packages: [DUCKDB],
  },
];

/** Folders may nest this deep below an area; architecture.test.ts sees to it that none is deeper. */
export const MAX_DEPTH = 4;

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** How a file in folder `from` writes the project path `to`: "./x.js", "../x.js". */
function relative(from, to) {
  const here = from.split('/');
  const there = to.split('/');
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common++;
  const up = '../'.repeat(here.length - common);
  return (up === '' ? './' : up) + there.slice(common).join('/');
}

/** The regular expression of forbidden relative imports for files in `folder`, whose area is `area` (null: a single file). */
function forbidden(folder, area, may) {
  const allowed = may.map((target) => {
    const written = relative(folder, target);
    return escape(written) + (target.endsWith('.js') ? '$' : '');
  });
  const escapes = area === null ? '\\.' : '(\\.\\./){' + (folder.split('/').length - area.split('/').length + 1) + '}';
  return allowed.length === 0 ? `^${escapes}` : `^(?!${allowed.join('|')})${escapes}`;
}

function config(files, patterns) {
  const literal = (selector, { regex, message }) => ({
    selector: `${selector}[value=/${regex.replaceAll('\\/', '/').replaceAll('/', '\\u002F')}/]`,
    message,
  });
  return {
    files,
    rules: {
      'no-restricted-imports': ['error', { patterns }],
      // The rule above reads import and export declarations only.
      'no-restricted-syntax': [
        'error',
        ...patterns.map((pattern) => literal('ImportExpression > Literal', pattern)),
        ...patterns.map((pattern) => literal('TSImportType Literal', pattern)),
        { selector: 'ImportExpression > :not(Literal).source', message: 'Import a literal path.' },
        { selector: 'CallExpression[callee.name="require"]', message: 'Use import.' },
      ],
    },
  };
}

function arrowMessage(name, may) {
  const list = may.length === 0 ? 'nothing else of ours' : may.join(', ');
  return { message: `${name} may import its own folder and: ${list}.` };
}

function configsOf({ folder, file, may, packages }) {
  if (file !== undefined) {
    const arrow = { regex: forbidden(file.split('/').slice(0, -1).join('/'), null, may), ...arrowMessage(file, may) };
    return [config([file], [arrow, CANONICAL, ...packages])];
  }
  return Array.from({ length: MAX_DEPTH + 1 }, (_, depth) => {
    const inside = folder + '/x'.repeat(depth);
    const arrow = { regex: forbidden(inside, folder, may), ...arrowMessage(folder, may) };
    return config(
      [`${folder}${'/*'.repeat(depth)}/*.ts`, `${folder}${'/*'.repeat(depth)}/*.tsx`],
      [arrow, CANONICAL, ...packages],
    );
  });
}

/** ESLint configuration objects, in the order in which they must stand. */
export const arrows = AREAS.flatMap(configsOf);
