import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { FlipsideError } from '../../core/model.js';
import type { FoundModel, ProcessCommand } from '../../protocol/inference.js';
import type { BackendType } from '../backend.js';
import { excerpt } from '../plainText.js';
import { ProcessChild, PROCESS_PATIENCE, type ProcessPatience } from './process/child.js';
import { ProcessModel } from './process/model.js';

/**
 * Models that a program of the user runs: their own PyTorch, Transformers behind `hf_backend.py`, another machine behind `ssh`. The program
 * is started without a shell, and only when its model is opened; docs/process-protocol.md says what is spoken with it.
 * @param log gets what the program writes to its standard error, line by line
 */
export function processModelsWith(patience: ProcessPatience, log: (name: string, line: string) => void): BackendType {
  return {
    kind: 'process',
    find: ({ processes }) => Promise.resolve(processes.map(found)),
    open: async (model, { processes }, signal) => {
      const command = processes.find((each) => idOf(each) === model.id);
      if (command === undefined)
        throw new FlipsideError(
          `None of the programs in your settings is ${excerpt(model.id)}. List the models again, or add it there.`,
        );
      const child = new ProcessChild(command, patience, (line) => log(command.name, line));
      const opened = new ProcessModel(child, model);
      try {
        await opened.probe(signal);
      } catch (error) {
        await child.dispose();
        throw error;
      }
      return opened;
    },
  };
}

/** What programs say goes to the standard error of the process that runs models, which is logged. */
export const processModels = processModelsWith(PROCESS_PATIENCE, (name, line) => {
  process.stderr.write(`${excerpt(name, 80)}: ${line}\n`);
});

function idOf({ name }: ProcessCommand): string {
  return `process:${name}`;
}

function found(command: ProcessCommand): FoundModel {
  return {
    id: idOf(command),
    kind: 'process',
    name: command.name,
    where: command.command.join(' '),
    bytes: null,
    missing: missingOf(command),
  };
}

function missingOf({ name, command, cwd }: ProcessCommand): string | null {
  const [program] = command;
  if (program === undefined || program === '')
    return `The program of ${excerpt(name, 80)} has no command. Write it into your settings: ["python3", "hf_backend.py", …].`;
  if (cwd !== null && !may(cwd, constants.R_OK)) return `There is no folder ${excerpt(cwd)} to run the program in.`;
  const places = /[\\/]/.test(program)
    ? [path.resolve(cwd ?? '.', program)]
    : (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, program));
  const endings = process.platform === 'win32' ? ['', ...(process.env['PATHEXT'] ?? '').split(';')] : [''];
  if (places.some((place) => endings.some((ending) => may(place + ending, constants.X_OK)))) return null;
  return `There is no program ${excerpt(program)}${/[\\/]/.test(program) ? '' : ' on the PATH'}. Install it, or correct the command in your settings.`;
}

function may(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
