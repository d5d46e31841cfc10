/** Several people: two windows on one folder, and two annotators' files that git merges. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  annotationFile,
  annotators,
  ERRORS_OF_RUN,
  errorsOf,
  eventsIn,
  labelAt,
  LABELS,
  labelRows,
  labelsIn,
  listRun,
  photographWindow,
  progress,
  untilLabel,
} from './annotated.mjs';
import { goToRow, openRow } from './rows.mjs';
import { count, frameOf, runFromPalette, shownItem, TIMEOUT, until, untilText } from './workbench.mjs';

const EACH = 10;
/** Where the second window begins. */
const SECOND = 21;

/** For `drive`, with `workspace` and `another`: opens a second window on the same folder. */
export const TWO_ANNOTATING_CHECKS = [
  [
    'two windows annotate at once, and nothing is lost',
    async (page, place) => {
      place.second = await place.another();
      const both = [
        [page, 1],
        [place.second, SECOND],
      ];
      const lists = [];
      for (const [window, first] of both) lists.push(await listRun(window, first));
      await Promise.all(both.map(([window, first], at) => labelRows(window, lists[at], first, first + EACH - 1)));
      const events = eventsIn(annotationFile(place.workspace, 'ada'));
      assert.equal(events.length, 2 * EACH);
      assert.equal(new Set(events.map(({ id }) => id)).size, 2 * EACH);
      const errors = errorsOf(place.workspace);
      const expected = [1, SECOND].flatMap((first) =>
        errors.slice(first - 1, first + EACH - 1).map(({ item }, at) => [item, labelAt(first + at)[1]]),
      );
      assert.deepEqual(
        new Map(events.map(({ item, set }) => [item.item, set.label])),
        new Map(expected.toSorted(([one], [other]) => order(events, one) - order(events, other))),
      );
    },
  ],
  [
    'each window sees the labels of the other without being loaded again',
    async (page, { second }) => {
      for (const [window, first] of [
        [page, SECOND],
        [second, 1],
      ]) {
        const errors = await frameOf(window, 'Errors');
        await untilText('the progress', progress(errors), `${2 * EACH} of ${ERRORS_OF_RUN} labelled`);
        for (const at of [first, first + EACH - 1]) {
          await goToRow(window, at);
          await untilLabel(errors, at, labelAt(at)[2]);
        }
      }
    },
  ],
];

function order(events, item) {
  return events.findIndex((event) => event.item.item === item);
}

function git(workspace, ...args) {
  const who = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', ['-C', workspace, ...who, ...args], { encoding: 'utf8' });
}

/** Before anything is annotated: a repository with a branch for each of the two. */
export function makeRepository(workspace) {
  git(workspace, 'init', '--quiet', '--initial-branch=main');
  git(workspace, 'add', '--all');
  git(workspace, 'commit', '--quiet', '--message=predictions');
  for (const name of ['ada', 'bo']) git(workspace, 'branch', name);
}

/** Of six rows the two agree on the first, third and fifth. */
const SIX = 6;
const AGREED = 3;
const bosLabel = (position) => LABELS[(position - (position % 2)) % LABELS.length];
const adasLabel = (position) => LABELS[(position - 1) % LABELS.length];

/** Cohen's κ of two lists of labels, from its definition. */
function kappa(one, other) {
  const n = one.length;
  const observed = one.filter((label, at) => label === other[at]).length / n;
  const share = (list, label) => list.filter((each) => each === label).length / n;
  const expected = [...new Set([...one, ...other])].reduce(
    (sum, label) => sum + share(one, label) * share(other, label),
    0,
  );
  return (observed - expected) / (1 - expected);
}

/** For `drive`, with a `workspace` that is a repository; `asBo` opens a window of the other annotator. */
export const MERGED_ANNOTATING_CHECKS = [
  [
    'two annotators’ files, each of a branch, are merged by git without a conflict',
    async (page, place) => {
      const { workspace } = place;
      git(workspace, 'checkout', '--quiet', 'ada');
      await labelRows(page, await listRun(page), 1, SIX, adasLabel);
      git(workspace, 'add', '.flipside/annotations');
      git(workspace, 'commit', '--quiet', '--message=what ada says');
      git(workspace, 'checkout', '--quiet', 'bo');
      // The file is gone, and its labels with it.
      assert.equal(existsSync(annotationFile(workspace, 'ada')), false);
      await goToRow(page, 1);
      await untilLabel(await frameOf(page, 'Errors'), 1, null);
      const bo = (place.bo = await place.asBo());
      await labelRows(bo, await listRun(bo), 1, SIX, bosLabel);
      git(workspace, 'add', '.flipside/annotations');
      git(workspace, 'commit', '--quiet', '--message=what bo says');
      git(workspace, 'merge', '--quiet', '--no-edit', 'ada');
      assert.deepEqual(annotators(workspace), ['ada.jsonl', 'bo.jsonl']);
      assert.equal(git(workspace, 'ls-files', '--unmerged'), '');
      for (const name of ['ada', 'bo']) assert.equal(eventsIn(annotationFile(workspace, name)).length, SIX);
    },
  ],
  [
    'the window shows on which rows the two differ',
    async (_, { bo, pictures }) => {
      const errors = await frameOf(bo, 'Errors');
      for (let position = 1; position <= SIX; position++) {
        await goToRow(bo, position);
        const same = adasLabel(position)[1] === bosLabel(position)[1];
        await untilLabel(errors, position, same ? adasLabel(position)[2] : 'disputed');
      }
      await bo.keyboard.press('Enter');
      const inspector = await frameOf(bo, 'Inspector');
      await untilText('the inspector', inspector.locator('.decision'), /Annotators differ/);
      await untilText('what ada says', inspector.locator('.opinions'), /ada/);
      await photographWindow(bo, pictures, 'annotations-disputed', ['Errors', 'Inspector']);
    },
  ],
  [
    'the page of agreement tells κ, as its definition has it',
    async (_, { bo, workspace, pictures }) => {
      const [ada, bos] = ['ada', 'bo'].map((name) => labelsIn(annotationFile(workspace, name)));
      const items = [...ada.keys()];
      const expected = kappa(
        items.map((item) => ada.get(item)),
        items.map((item) => bos.get(item)),
      );
      await runFromPalette(bo, 'Flipside: Show Agreement of Annotators');
      const agreement = await frameOf(bo, 'Agreement');
      await untilText('κ', agreement.locator('main'), new RegExp(expected.toFixed(2).replace('.', '\\.')));
      await untilText(
        'the differences',
        agreement.locator('main'),
        new RegExp(`${SIX - AGREED} answers on which annotators differ`),
      );
      await photographWindow(bo, pictures, 'agreement', ['Agreement', 'Errors']);
    },
  ],
  [
    'differences are gone through, and what is decided in the inspector is an event of its own',
    async (_, { bo, workspace }) => {
      const agreement = await frameOf(bo, 'Agreement');
      await agreement.getByRole('button', { name: /^Go through the 3 not judged yet/ }).click({ timeout: TIMEOUT });
      const errors = await frameOf(bo, 'Errors');
      await until('the differing rows', async () => {
        const said = await errors.locator('.row .label-of-people.disputed').count();
        return (said >= SIX - AGREED && /^[3-9] of /.test(await count(errors))) || (await count(errors));
      });
      await openRow(bo, 1);
      const inspector = await frameOf(bo, 'Inspector');
      const { id } = await shownItem(bo);
      await inspector.getByRole('button', { name: 'I decide between them' }).click({ timeout: TIMEOUT });
      await untilText('who decides', inspector.locator('.decision'), /Decide/);
      await inspector
        .locator('.decision')
        .focus()
        .catch(() => undefined);
      await bo.keyboard.press('w');
      const file = annotationFile(workspace, 'bo');
      await until('the event', async () => eventsIn(file).length === SIX + 1 || eventsIn(file).length);
      const { adjudicates, set, item } = eventsIn(file).at(-1);
      assert.equal(item.item, id);
      assert.equal(set.label, 'wrong-object');
      const said = ['ada', 'bo'].map(
        (name) => eventsIn(annotationFile(workspace, name)).find((event) => event.item.item === id).id,
      );
      assert.deepEqual(adjudicates.toSorted(), said.toSorted());
      await runFromPalette(bo, 'Flipside: Show Agreement of Annotators');
      await untilText(
        'what is left',
        (await frameOf(bo, 'Agreement')).locator('main'),
        /Go through the 2 not judged yet/,
      );
    },
  ],
];
