#!/usr/bin/env node
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandHelp, printFormat, readArguments } from './cli/arguments.js';
import type { Context } from './cli/command.js';
import { COMMANDS } from './cli/commands/index.js';
import { FORMATS, render, type Format } from './cli/render.js';
import { visible } from './cli/report.js';
import { wrapNote } from './cli/textWidth.js';
import { FlipsideError } from './core/model.js';

/** Exit codes: 0 done, 1 the work failed, 2 wrong usage, 130 stopped by Ctrl-C. */
const STOPPED = 130;
const DEFAULT_WIDTH = 120;

const programDir = path.dirname(fileURLToPath(import.meta.url));

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    await print(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    await print(`${process.env.FLIPSIDE_VERSION ?? 'development'}\n`);
    return 0;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) {
    throw new FlipsideError(`There is no command "${name}". See "flipside --help".`, { exitCode: 2 });
  }
  if (rest.includes('--help')) {
    await print(commandHelp(command));
    return 0;
  }
  const args = readArguments(command, rest);
  const format = readFormat(printFormat(command, args));
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
    // Native work cannot be interrupted: whatever it has written lies aside under a name nobody reads.
    setTimeout(() => process.exit(STOPPED), 200).unref();
  });
  const report = await command.run({ args, signal: stop.signal, tell, words, openPictures, programDir });
  if (stop.signal.aborted) return STOPPED;
  await print(render(report, format, process.stdout.columns ?? DEFAULT_WIDTH));
  return report.exitCode ?? 0;
}

/** Loaded when a report is made: the decoder is large. */
const openPictures: Context['openPictures'] = async (places) =>
  (await import('./server/reportPictures.js')).openPictures(places);

function readFormat(given: string | null): Format {
  if (given === null) return process.stdout.isTTY ? 'table' : 'json';
  const format = FORMATS.find((each) => each === given);
  if (format !== undefined) return format;
  throw new FlipsideError(`--format takes ${FORMATS.join(', ')}, not "${given}".`, { exitCode: 2 });
}

function help(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return (
    'Flipside: error analysis for spatial-reasoning benchmarks of vision-language models.\n\n' +
    `Usage: flipside COMMAND PATH… [options]\n\n${lines.join('\n')}\n\n` +
    'Every command has its own --help with an example. Results go to stdout, progress and warnings to stderr.\n' +
    'Exit status: 0 done (skipped files and warnings included), 1 failed or nothing to read, 2 wrong usage,\n' +
    '130 stopped by Ctrl-C.\n\n' +
    'Example:\n  flipside summary results\n'
  );
}

/** One line to stderr; wrapped on a terminal only, so that logs keep a message on its line. */
function tell(message: string): void {
  const { isTTY, columns } = process.stderr;
  const lines = isTTY && columns > 0 ? wrapNote(visible(message), columns) : [visible(message)];
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** Waits until the text is out, so that a pipe gets all of it before the process ends. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (head, less) is no failure.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof FlipsideError) {
      for (const line of error.message.split('\n')) tell(line);
      process.exitCode = error.options.exitCode ?? 1;
    } else if (error instanceof Error && error.name === 'AbortError') {
      process.exitCode = STOPPED;
    } else {
      tell('Flipside failed unexpectedly. Please report this with the lines below.');
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 1;
    }
  },
);
