/** The windows in which annotating is tested, each kind on a server of its own: a name that is given there is that of no other subject. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { environment, startServer, windowUrl } from '../../scripts/vscodeServer.mjs';
import { annotationFile, changeSettings } from './annotated.mjs';
import { KEYBOARD_ANNOTATING_CHECKS } from './annotations.mjs';
import { BLIND_ANNOTATING_CHECKS, recordMessages, writeOthersFile } from './annotationsBlind.mjs';
import { KILLED_ANNOTATING_CHECKS } from './annotationsKilled.mjs';
import { makeRepository, MERGED_ANNOTATING_CHECKS, TWO_ANNOTATING_CHECKS } from './annotationsTogether.mjs';
import { blockAnnotations, DAMAGED_ANNOTATING_CHECKS, UNSAVED_ANNOTATING_CHECKS } from './annotationsUnsaved.mjs';
import { drive, openWindow } from './workbench.mjs';

const NAME = 'flipside.annotations.name';

/** What each of the parts needs: the subject's {browser, folder, pictures}, and how a workspace is made and settings are written. */
function partsOf({ browser, folder, pictures, makeWorkspace, writeSettings }) {
  const serve = async (name, settings) => {
    const own = path.join(folder, name);
    mkdirSync(own, { recursive: true });
    writeSettings(own, settings);
    const server = await startServer(own, environment({ XDG_CACHE_HOME: path.join(own, 'cache') }));
    return { ...server, settings: path.join(own, 'data', 'User', 'settings.json') };
  };
  /** With its folder of annotations, and its file of settings: VS Code's watcher may miss what is written while a folder is made. */
  const workspaceOf = (name, settings = {}) => {
    const workspace = makeWorkspace(path.join(folder, `of-${name}`));
    changeSettings(workspace, settings);
    return workspace;
  };
  const annotated = (name, settings) => {
    const workspace = workspaceOf(name, settings);
    mkdirSync(path.join(workspace, '.flipside', 'annotations'), { recursive: true });
    return workspace;
  };
  const another = (url) => () => openWindow(browser, url);
  return { browser, pictures, folder, serve, workspaceOf, annotated, another };
}

async function byKeyboard({ browser, pictures, serve, workspaceOf }) {
  const { address, settings, stop } = await serve('nobody', {});
  try {
    const workspace = workspaceOf('keyboard');
    const url = windowUrl(address, workspace);
    const checks = KEYBOARD_ANNOTATING_CHECKS;
    return await drive(browser, { name: 'annotations', url, checks, pictures, workspace, settings });
  } finally {
    stop();
  }
}

async function killed({ browser, pictures, serve, annotated }) {
  const place = { workspace: annotated('killed'), ...(await serve('killed', { [NAME]: 'ada' })) };
  const restart = async () => {
    Object.assign(place, await serve('killed', { [NAME]: 'ada' }));
    return windowUrl(place.address, place.workspace);
  };
  try {
    const url = windowUrl(place.address, place.workspace);
    const checks = KILLED_ANNOTATING_CHECKS;
    return await drive(browser, { name: 'annotations-killed', url, checks, pictures, ...place, restart });
  } finally {
    place.stop();
  }
}

/** Two windows of one annotator, then one each of two, and what cannot be saved. */
async function together({ browser, pictures, serve, annotated, another, workspaceOf, kept }) {
  const [ada, bo] = [await serve('ada', { [NAME]: 'ada' }), await serve('bo', { [NAME]: 'bo' })];
  const results = [];
  const add = async (name, checks, { workspace, address = ada.address, ...more }) =>
    results.push(
      await drive(browser, {
        ...{ name: `annotations-${name}`, url: windowUrl(address, workspace), checks, pictures, workspace },
        ...more,
      }),
    );
  try {
    const two = annotated('two');
    await add('two', TWO_ANNOTATING_CHECKS, { workspace: two, another: another(windowUrl(ada.address, two)) });
    const merged = annotated('merged');
    makeRepository(merged);
    const asBo = another(windowUrl(bo.address, merged));
    await add('merged', MERGED_ANNOTATING_CHECKS, { workspace: merged, asBo });
    const blind = annotated('blind', { 'flipside.annotations.blind': true });
    writeOthersFile(kept, blind);
    const { address } = bo;
    await add('blind', BLIND_ANNOTATING_CHECKS, { workspace: blind, address, inEveryFrame: recordMessages });
    const unsaved = workspaceOf('unsaved');
    blockAnnotations(unsaved);
    await add('unsaved', UNSAVED_ANNOTATING_CHECKS, { workspace: unsaved });
    await add('damaged', DAMAGED_ANNOTATING_CHECKS, { workspace: annotated('damaged'), from: kept });
    return results;
  } finally {
    ada.stop();
    bo.stop();
  }
}

/** What all parts showed, a result for each window. */
export async function annotating(place) {
  const parts = partsOf(place);
  const kept = annotationFile(path.join(place.folder, 'of-keyboard'), 'ada');
  return [await byKeyboard(parts), await killed(parts), ...(await together({ ...parts, kept }))];
}
