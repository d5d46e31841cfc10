import path from 'node:path';
import * as vscode from 'vscode';
import { METHODS, problemOf, USUAL_CHOICES, type RerunChoices, type RerunModels } from '../../protocol/rerunPage.js';
import type { RowKey } from '../../protocol/rows.js';
import { messages } from '../messages.js';
import { plain } from '../plain.js';
import type { Asking, Finished } from './asking.js';

const KEPT = 'flipside.rerunChoices';
const SHOW = 'Show Its Errors';
const SHOW_LOG = 'Show log';

/** Between two of these boxes VS Code gives the focus to an editor for a moment, which would close the second. */
const STAYS = { ignoreFocusOut: true } as const;

type Line = vscode.QuickPickItem & {
  readonly change: ((now: RerunChoices) => Promise<Partial<RerunChoices> | null>) | null;
};

/** Asks several items again: how, in a short menu whose first line does it; then with progress, into one file. */
export class RerunMany {
  constructor(
    private readonly asking: Asking,
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * @param chosen The items
   * @param asking Asks the user something, and brings the focus back to where it was. Nothing is done where the menu is dismissed.
   */
  async run(chosen: readonly RowKey[], asking: <T>(ask: () => Thenable<T>) => Promise<T>): Promise<void> {
    const [first] = chosen;
    if (first === undefined) return;
    const models = await this.asking.modelsFor(first.run);
    const choices = await asking(() => this.menu(chosen.length, models));
    if (choices === null) return;
    const finished = await this.withProgress(chosen, choices);
    if (finished.length > 0) await this.tell(finished, chosen.length);
  }

  private async menu(count: number, models: RerunModels): Promise<RerunChoices | null> {
    let choices: RerunChoices = { ...USUAL_CHOICES, method: null, ...this.state.get<Partial<RerunChoices>>(KEPT) };
    // A model that is gone is not asked.
    if (!models.models.some(({ id }) => id === choices.model)) choices = { ...choices, model: null };
    for (;;) {
      const picked = await vscode.window.showQuickPick(linesOf(count, choices, models), {
        title: `Ask ${count === 1 ? 'one item' : `${count} items`} again`,
        placeHolder: 'Enter begins; or choose what to change first',
        ...STAYS,
      });
      if (picked === undefined) return null;
      if (picked.change === null) {
        const problem = problemOf(choices);
        if (problem === null) break;
        void messages.warn(problem);
        continue;
      }
      choices = { ...choices, ...(await picked.change(choices)) };
    }
    await this.state.update(KEPT, choices);
    return choices;
  }

  private withProgress(keys: readonly RowKey[], choices: RerunChoices): Promise<readonly Finished[]> {
    const options = {
      ...{ location: vscode.ProgressLocation.Notification, cancellable: true },
      title: `Flipside: asking ${keys.length} ${keys.length === 1 ? 'item' : 'items'} again`,
    };
    const work = async (
      progress: vscode.Progress<{ message: string; increment: number }>,
      token: vscode.CancellationToken,
    ): Promise<readonly Finished[]> => {
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      const all: Finished[] = [];
      let before = 0;
      // Each run may have a model of its own, and is a file of its own.
      for (const run of new Set(keys.map((key) => key.run))) {
        const rows = keys.filter((key) => key.run === run);
        const onItem = (done: number): void =>
          progress.report({ message: `${before + done} of ${keys.length}`, increment: 100 / keys.length });
        try {
          all.push(await this.asking.ask(rows, choices, cancel.signal, { onItem, onPartial: () => undefined }));
        } catch (error) {
          if (cancel.signal.aborted) break;
          throw error;
        }
        before += rows.length;
      }
      return all;
    };
    return Promise.resolve(vscode.window.withProgress(options, work));
  }

  private async tell(all: readonly Finished[], wanted: number): Promise<void> {
    const failed = all.flatMap((each) => each.failed);
    for (const { key, item, reason } of failed) this.log.warn(`${key.run}, item ${item}: ${reason}`);
    const asked = all.reduce((sum, each) => sum + each.asked.length, 0);
    const count = `${asked} of ${wanted} items were asked again`;
    const rest = wanted - asked - failed.length;
    const given = rest === 0 ? '' : ` ${rest} were given up.`;
    const bad = failed.length === 0 ? '' : ` ${failed.length} could not be: ${failed[0]?.reason}`;
    const files = all.map(({ file }) => file);
    const where = files.length === 1 ? path.basename(files[0] ?? '') : `${files.length} files, one for each run`;
    const words = `${count}, in ${where}.${bad}${given}`;
    const buttons = failed.length === 0 ? [SHOW] : [SHOW, SHOW_LOG];
    const choice = await (failed.length === 0 ? messages.inform : messages.warn)(words, ...buttons);
    if (choice === SHOW_LOG) this.log.show(true);
    if (choice === SHOW) await vscode.commands.executeCommand('flipside.showRerun', ...files);
  }
}

function linesOf(count: number, choices: RerunChoices, models: RerunModels): readonly Line[] {
  const { model, prompt, n, temperature, seed, method } = choices;
  const asked = model ?? models.usual;
  const begin: Line = {
    label: `$(debug-rerun) Ask ${count === 1 ? 'it' : `all ${count}`} now`,
    ...(asked === null ? { detail: plain(models.why) } : { description: plain(asked) }),
    change: asked === null ? () => pickModel(models) : null,
  };
  return [
    begin,
    line('Model', asked ?? 'none', () => pickModel(models)),
    line('Prompt', prompt ?? 'the item’s own question', (now) => askPrompt(now)),
    line('Samples', String(n), (now) => askNumber('Samples', 'n', now)),
    line('Temperature', String(temperature), (now) => askNumber('Temperature', 'temperature', now)),
    line('Seed', String(seed), (now) => askNumber('Seed', 'seed', now)),
    line('Saliency map', method ?? 'none', () => pickMethod()),
  ];
}

function line(label: string, description: string, change: NonNullable<Line['change']>): Line {
  return { label, description: plain(description), change };
}

async function pickModel({ models }: RerunModels): Promise<Partial<RerunChoices> | null> {
  const items = models.map(({ id, name, missing }) => ({
    ...{ label: plain(name), description: plain(id), id, missing },
    ...(missing === null ? {} : { detail: plain(missing) }),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: 'Which model?',
    matchOnDescription: true,
    ...STAYS,
  });
  if (picked === undefined) return null;
  if (picked.missing !== null) {
    void messages.warn(picked.missing);
    return null;
  }
  return { model: picked.id };
}

async function askPrompt({ prompt }: RerunChoices): Promise<Partial<RerunChoices> | null> {
  const text = await vscode.window.showInputBox({
    title: 'Prompt',
    prompt: '{question} and {options} stand for the item’s own. Left empty, items are asked as they are.',
    value: prompt ?? '',
    ...STAYS,
  });
  return text === undefined ? null : { prompt: text.trim() === '' ? null : text };
}

async function askNumber(
  title: string,
  name: 'n' | 'temperature' | 'seed',
  now: RerunChoices,
): Promise<Partial<RerunChoices> | null> {
  const text = await vscode.window.showInputBox({ title, value: String(now[name]), ...STAYS });
  return text === undefined || text.trim() === '' ? null : { [name]: Number(text.replace(',', '.')) };
}

async function pickMethod(): Promise<Partial<RerunChoices> | null> {
  const items = [{ label: 'none', method: null }, ...METHODS.map((method) => ({ label: method, method }))];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'How is the map made?', ...STAYS });
  return picked === undefined ? null : { method: picked.method };
}
