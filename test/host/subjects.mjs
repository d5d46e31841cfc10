/** What is tested in windows, a subject after another. Each gets a workspace of its own, so that none meets another's files. */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownTarget } from '../../scripts/package/targets.mjs';
import { environment, plainWindowUrl, startServer, windowUrl } from '../../scripts/vscodeServer.mjs';
import { annotating } from './annotationSubject.mjs';
import { CHART_CHECKS, PUBLISHED_CHART_CHECKS } from './charts.mjs';
import { COMPARE_CHECKS, PUBLISHED_COMPARE_CHECKS } from './compare.mjs';
import { EDITOR_CHECKS, LARGE_FILE_CHECKS, writeOneLine } from './editor.mjs';
import { NO_FOLDER_CHECKS, NOTHING_CHECKS, TRUST_CHECKS } from './empty.mjs';
import { MISSING_FOLDER_CHECKS, SEVERAL_FOLDER_CHECKS, TWO_WINDOW_CHECKS } from './folders.mjs';
import { IMAGE_CHECKS } from './images.mjs';
import { KEYBOARD_CHECKS } from './keyboard.mjs';
import { LIVE_CHECKS } from './live.mjs';
import { installPackage, ownPictures, PACKAGED_CHECKS } from './packaged.mjs';
import { MAPPING_CHECKS, NO_FOLDER_MAPPING_CHECKS, writeUndecided } from './mapping.mjs';
import { MODEL_CHECKS, RESTRICTED_MODEL_CHECKS, startModelServer, stateEndpoint } from './models.mjs';
import { PUBLISHED_CHECKS } from './published.mjs';
import { photographViews } from './pictures.mjs';
import { RERUN_CHECKS } from './reruns.mjs';
import { SLICE_CHECKS } from './slices.mjs';
import { VIEW_CHECKS } from './views.mjs';
import { photographReport, WINDOW_CHECKS } from './window.mjs';
import { drive, openWindow } from './workbench.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A workspace with the samples in it, and a folder that holds no predictions. */
export function makeWorkspace(folder) {
  for (const part of ['benchmark.json', 'results', 'scenes']) {
    cpSync(path.join(root, 'test', 'fixtures', 'room', part), path.join(folder, 'samples', part), { recursive: true });
  }
  mkdirSync(path.join(folder, 'nothing'), { recursive: true });
  writeFileSync(path.join(folder, 'nothing', 'notes.md'), 'Nothing to read here.\n');
  return folder;
}

/** The published runs, where a contributor has them: a copy, because the extension writes beside what it opens. */
function publishedRuns() {
  const source = path.resolve(root, process.env.REAL_DATA ?? '../shared/data/real', 'wurf2026');
  if (existsSync(source)) return source;
  process.stdout.write(`Skipped: no published runs at ${source}; set REAL_DATA.\n`);
  return null;
}

/** Copies one of the sample's runs, with its benchmark and images, so that a folder of its own holds it. */
function copyRun(run, folder) {
  const parts = ['benchmark.json', 'scenes', path.join('results', run)];
  for (const part of parts)
    cpSync(path.join(root, 'test', 'fixtures', 'room', part), path.join(folder, part), { recursive: true });
  return folder;
}

/** A workspace of runs of 30 and of 60 MB, which VS Code opens without asking. */
function makeLargeFiles(folder) {
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  const settings = JSON.stringify({ 'workbench.editorLargeFileConfirmation': 1024 });
  writeFileSync(path.join(folder, '.vscode', 'settings.json'), settings);
  const note = 'x'.repeat(250);
  const asked = { options: ['left', 'right'], gold: 'left', prediction: 'right', note };
  const text = Array.from(
    { length: 75_000 },
    (_, id) => `${JSON.stringify({ id, question: `Where is cup ${id}?`, ...asked })}\n`,
  ).join('');
  writeFileSync(path.join(folder, 'medium.jsonl'), text);
  writeFileSync(path.join(folder, 'large.jsonl'), text + text);
  return folder;
}

/** Writes the file that makes a workspace of folders. */
function writeWorkspaceFile(file, folders) {
  writeFileSync(file, JSON.stringify({ folders: folders.map((folder) => ({ path: folder })) }));
  return file;
}

/** What several windows showed, as one result. */
function sum(results) {
  const add = (key) => results.reduce((total, each) => total + each[key], 0);
  return {
    passed: add('passed'),
    failed: add('failed'),
    skipped: add('skipped'),
    failures: results.flatMap(({ failures }) => failures),
  };
}

/** How every window is set: quiet, and in the colours that the browser asks for; `more`: what it is told besides. */
export function writeSettings(folder, more = {}) {
  const settings = {
    'window.autoDetectColorScheme': true,
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'extensions.ignoreRecommendations': true,
    ...more,
  };
  const user = path.join(folder, 'data', 'User');
  mkdirSync(user, { recursive: true });
  writeFileSync(path.join(user, 'settings.json'), JSON.stringify(settings));
}

/** The page of models in a folder that is not trusted, and then is, on a server of its own that asks for trust. */
async function restrictedModels({ browser, folder, pictures }) {
  const own = path.join(folder, 'restricted');
  mkdirSync(own);
  writeSettings(own);
  const toys = await startModelServer();
  const env = environment({ XDG_CACHE_HOME: path.join(own, 'cache') });
  const { address, stop } = await startServer(own, env, { asksForTrust: true });
  try {
    const workspace = makeWorkspace(path.join(own, 'workspace'));
    stateEndpoint(workspace, toys.url);
    const url = windowUrl(address, workspace);
    const { asked } = toys;
    return await drive(browser, { name: 'models-restricted', url, checks: RESTRICTED_MODEL_CHECKS, pictures, asked });
  } finally {
    stop();
    toys.close();
  }
}

/**
 * The subjects, by name: functions of {browser, server, folder, pictures}, where `folder` is an empty one of the subject's
 * own. Each returns {passed, failed, skipped, failures}, or null where it is skipped.
 */
export const SUBJECTS = {
  async window({ browser, server, folder, pictures }) {
    const url = windowUrl(server.address, makeWorkspace(path.join(folder, 'workspace')));
    const checks = [
      ...WINDOW_CHECKS,
      ['both themes show the report', photographReport],
      ...VIEW_CHECKS,
      ['every theme shows the views', photographViews],
    ];
    return drive(browser, { name: 'window', url, checks, pictures, scheme: 'light' });
  },
  async empty({ browser, server, folder, pictures }) {
    const workspace = path.join(folder, 'workspace');
    const run = path.join('results', 'synthetic-boxes', 'result_synthetic-boxes.csv');
    mkdirSync(path.join(workspace, path.dirname(run)), { recursive: true });
    writeFileSync(path.join(workspace, 'notes.md'), 'Nothing to read here.\n');
    const addRun = () => cpSync(path.join(root, 'test', 'fixtures', 'room', run), path.join(workspace, run));
    const without = { name: 'no-folder', url: windowUrl(server.address, null), checks: NO_FOLDER_CHECKS, pictures };
    const nothing = { name: 'nothing', url: windowUrl(server.address, workspace), checks: NOTHING_CHECKS, pictures };
    return sum([await drive(browser, without), await drive(browser, { ...nothing, addRun })]);
  },
  async trust({ browser, folder, pictures }) {
    writeSettings(folder);
    const env = environment({ XDG_CACHE_HOME: path.join(folder, 'cache') });
    const { address, group, stop } = await startServer(folder, env, { asksForTrust: true });
    try {
      const url = windowUrl(address, makeWorkspace(path.join(folder, 'workspace')));
      return await drive(browser, { name: 'trust', url, checks: TRUST_CHECKS, pictures, group });
    } finally {
      stop();
    }
  },
  async live({ browser, server, folder, pictures }) {
    const workspace = makeWorkspace(path.join(folder, 'workspace'));
    const url = windowUrl(server.address, workspace);
    const { group } = server;
    return drive(browser, { name: 'live', url, checks: LIVE_CHECKS, pictures, workspace, group });
  },
  async slices({ browser, server, folder, pictures }) {
    const workspace = makeWorkspace(path.join(folder, 'workspace'));
    const url = windowUrl(server.address, workspace);
    return drive(browser, { name: 'slices', url, checks: SLICE_CHECKS, pictures, workspace });
  },
  async mapping({ browser, server, folder, pictures }) {
    const workspace = makeWorkspace(path.join(folder, 'workspace'));
    writeUndecided(workspace);
    const vanish = () => rmSync(path.join(workspace, 'outputs.csv'));
    const url = windowUrl(server.address, workspace);
    const inFolder = { name: 'mapping', url, checks: MAPPING_CHECKS, pictures, workspace, vanish };
    const [loose, other] = ['loose', 'other'].map((name) => path.join(folder, name));
    for (const each of [loose, other]) mkdirSync(each);
    writeUndecided(loose);
    const without = {
      ...{ name: 'mapping-no-folder', url: windowUrl(server.address, null), checks: NO_FOLDER_MAPPING_CHECKS },
      ...{ pictures, loose, other },
    };
    return sum([await drive(browser, inFolder), await drive(browser, without)]);
  },
  async models({ browser, server, folder, pictures }) {
    const toys = await startModelServer();
    try {
      const workspace = makeWorkspace(path.join(folder, 'workspace'));
      stateEndpoint(workspace, toys.url);
      const settings = path.join(path.dirname(folder), 'data', 'User', 'settings.json');
      const url = windowUrl(server.address, workspace);
      const usual = { name: 'models', url, checks: MODEL_CHECKS, pictures, settings, group: server.group };
      return sum([await drive(browser, usual), await restrictedModels({ browser, folder, pictures })]);
    } finally {
      toys.close();
    }
  },
  async keyboard({ browser, server, folder, pictures }) {
    const workspace = makeWorkspace(path.join(folder, 'workspace'));
    const url = windowUrl(server.address, workspace);
    return drive(browser, { name: 'keyboard', url, checks: KEYBOARD_CHECKS, pictures, workspace });
  },
  async editor({ browser, server, folder, pictures }) {
    const workspace = makeWorkspace(path.join(folder, 'workspace'));
    writeOneLine(workspace);
    const editor = {
      name: 'editor',
      url: windowUrl(server.address, workspace),
      checks: EDITOR_CHECKS,
      pictures,
      workspace,
    };
    const large = makeLargeFiles(path.join(folder, 'large'));
    const files = { name: 'large-files', url: windowUrl(server.address, large), checks: LARGE_FILE_CHECKS, pictures };
    return sum([await drive(browser, editor), await drive(browser, files)]);
  },
  async folders({ browser, server, folder, pictures }) {
    const workspace = makeWorkspace(path.join(folder, 'workspace'));
    // VS Code's watcher may miss what is written into a folder in the moment in which it is made.
    mkdirSync(path.join(workspace, '.flipside'));
    const url = windowUrl(server.address, workspace);
    const another = () => openWindow(browser, url);
    const two = { name: 'two-windows', url, checks: TWO_WINDOW_CHECKS, pictures, another };
    const first = copyRun('synthetic-baseline', path.join(folder, 'first'));
    const second = copyRun('synthetic-mirror-augmented', path.join(folder, 'second'));
    const several = {
      ...{ name: 'several-folders', checks: SEVERAL_FOLDER_CHECKS, pictures, first, second },
      url: windowUrl(server.address, writeWorkspaceFile(path.join(folder, 'both.code-workspace'), [first, second])),
    };
    const missing = path.join(folder, 'missing');
    const third = copyRun('synthetic-baseline', path.join(folder, 'third'));
    const broken = {
      ...{ name: 'missing-folder', checks: MISSING_FOLDER_CHECKS, pictures, missing },
      url: windowUrl(server.address, writeWorkspaceFile(path.join(folder, 'broken.code-workspace'), [missing, third])),
    };
    return sum([await drive(browser, two), await drive(browser, several), await drive(browser, broken)]);
  },
  async images({ browser, server, folder, pictures }) {
    const workspace = path.join(folder, 'workspace');
    const secret = path.join(folder, 'secret.txt');
    mkdirSync(workspace);
    writeFileSync(secret, 'nobody is to read this');
    const asked = { id: 'one', question: 'Where is the cup?', options: ['left', 'right'], answer: 'left' };
    writeFileSync(path.join(workspace, 'run.jsonl'), JSON.stringify({ ...asked, prediction: 'right', image: secret }));
    const url = windowUrl(server.address, workspace);
    return drive(browser, { name: 'images', url, checks: IMAGE_CHECKS, pictures });
  },
  async charts({ browser, server, folder, pictures }) {
    const workspace = makeWorkspace(path.join(folder, 'workspace'));
    const url = windowUrl(server.address, workspace);
    return drive(browser, { name: 'charts', url, checks: CHART_CHECKS, pictures, workspace });
  },
  async compare({ browser, server, folder, pictures }) {
    const workspace = makeWorkspace(path.join(folder, 'workspace'));
    const url = windowUrl(server.address, workspace);
    return drive(browser, { name: 'compare', url, checks: COMPARE_CHECKS, pictures, workspace });
  },
  async annotations({ browser, folder, pictures }) {
    return sum(await annotating({ browser, folder, pictures, makeWorkspace, writeSettings }));
  },
  async reruns({ browser, server, folder, pictures }) {
    const workspace = path.join(folder, 'workspace');
    // Of the runs those whose models come with the extension under the same names.
    const runs = ['augmented', 'baseline'].map((run) => path.join('results', run));
    for (const part of ['benchmark.json', ...runs, 'scenes']) {
      cpSync(path.join(root, 'samples', part), path.join(workspace, part), { recursive: true });
    }
    // As in `folders`: the watcher may miss what is written in the moment in which its folder is made.
    mkdirSync(path.join(workspace, '.flipside', 'reruns'), { recursive: true });
    const url = windowUrl(server.address, workspace);
    return drive(browser, { name: 'reruns', url, checks: RERUN_CHECKS, pictures, workspace });
  },
  async packaged({ browser, folder, pictures }) {
    const target = ownTarget();
    if (target === undefined) {
      process.stdout.write(`Skipped: there is no package for ${process.platform}-${process.arch}.\n`);
      return null;
    }
    let extension;
    try {
      extension = installPackage(folder, target);
    } catch (error) {
      // A rule that is broken says nothing of what the other subjects show.
      return { passed: 0, failed: 1, skipped: 0, failures: [`the package\n${error.stack}`] };
    }
    writeSettings(folder);
    const { address, group, stop } = await startServer(
      folder,
      environment({ XDG_CACHE_HOME: path.join(folder, 'cache') }),
    );
    try {
      const workspace = makeWorkspace(path.join(folder, 'workspace'));
      const place = { extension, group, folder, samples: path.join(workspace, 'samples') };
      const url = plainWindowUrl(address, workspace);
      return await drive(browser, {
        ...{ name: 'packaged', url, checks: PACKAGED_CHECKS, scheme: 'light' },
        ...{ pictures: ownPictures(pictures), ...place },
      });
    } finally {
      stop();
    }
  },
  async published({ browser, server, folder, pictures }) {
    const source = publishedRuns();
    if (source === null) return null;
    const workspace = path.join(folder, 'published');
    cpSync(source, workspace, { recursive: true });
    const size = { width: 1600, height: 1000 };
    const url = windowUrl(server.address, workspace);
    return drive(browser, {
      name: 'published',
      url,
      checks: [...PUBLISHED_CHECKS, ...PUBLISHED_CHART_CHECKS, ...PUBLISHED_COMPARE_CHECKS],
      pictures,
      size,
    });
  },
};
