/** What is tested in windows, a subject after another. Each gets a workspace of its own, so that none meets another's files. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { windowUrl } from '../../scripts/vscodeServer.mjs';
import { PUBLISHED_CHECKS } from './published.mjs';
import { photographViews } from './pictures.mjs';
import { VIEW_CHECKS } from './views.mjs';
import { photographReport, WINDOW_CHECKS } from './window.mjs';
import { drive } from './workbench.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A workspace with the samples in it, and a folder that holds no predictions. */
export function makeWorkspace(folder) {
  for (const part of ['benchmark.json', 'results', 'scenes']) {
    cpSync(path.join(root, 'samples', part), path.join(folder, 'samples', part), { recursive: true });
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
  async published({ browser, server, folder, pictures }) {
    const source = publishedRuns();
    if (source === null) return null;
    const workspace = path.join(folder, 'published');
    cpSync(source, workspace, { recursive: true });
    const size = { width: 1600, height: 1000 };
    const url = windowUrl(server.address, workspace);
    return drive(browser, { name: 'published', url, checks: PUBLISHED_CHECKS, pictures, size });
  },
};
