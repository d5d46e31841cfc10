import { parseArgs, type ParseArgsConfig } from 'node:util';
import { FlipsideError } from '../core/model.js';
import type { Arguments, Command, OptionSpec } from './command.js';

/** Options that every command has. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'format', value: 'json|table|csv|md', help: 'how to print; table on a terminal, json otherwise' },
  { name: 'help', help: 'show this help' },
];

/** A reader's name that `--format` takes too, beside the formats in which is printed. */
const GENERIC = 'generic';

/** How to print, as it was typed; null where it was not said. */
export function printFormat(command: Command, args: Arguments): string | null {
  return (
    args
      .list('format')
      .filter((each) => each !== GENERIC || !hasReaders(command))
      .at(-1) ?? null
  );
}

/** Who is to read the files. Throws a usage error for a name that is no reader's. */
export function readerOf(args: Arguments): 'own' | 'generic' {
  const given = args.text('reader') ?? (args.list('format').includes(GENERIC) ? GENERIC : 'own');
  if (given === 'own' || given === GENERIC) return given;
  throw new FlipsideError(`--reader takes own, generic, not "${given}".`, { exitCode: 2 });
}

function hasReaders(command: Command): boolean {
  return command.options.some((option) => option.name === 'reader');
}

/** Reads what follows the command's name. Throws a usage error for unknown options and missing values. */
export function readArguments(command: Command, words: readonly string[]): Arguments {
  const specs = [...command.options, ...COMMON_OPTIONS];
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      spec.value === undefined ? { type: 'boolean' as const } : { type: 'string' as const, multiple: true },
    ]),
  );
  const { tokens } = parse(command, words, options);
  const values = new Map<string, string[]>();
  const paths: string[] = [];
  let greedy: string | null = null;
  for (const token of tokens) {
    if (token.kind === 'option') {
      const list = values.get(token.name) ?? [];
      if (typeof token.value === 'string') list.push(token.value);
      values.set(token.name, list);
      greedy = specs.find((spec) => spec.name === token.name)?.variadic ? token.name : null;
    } else if (token.kind === 'positional') {
      if (greedy === null) paths.push(token.value);
      else values.get(greedy)?.push(token.value);
    } else greedy = null;
  }
  return makeArguments(paths, values);
}

function parse(command: Command, words: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, tokens: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const said = error.message.split('. ')[0] ?? error.message;
    throw new FlipsideError(`${said}. See "flipside ${command.name} --help".`, { exitCode: 2 });
  }
}

function makeArguments(paths: readonly string[], values: ReadonlyMap<string, readonly string[]>): Arguments {
  const text = (name: string): string | null => values.get(name)?.at(-1) ?? null;
  return {
    paths,
    text,
    list: (name) => values.get(name) ?? [],
    has: (name) => values.has(name),
    count(name, fallback, least = 0) {
      const given = text(name);
      if (given === null) return fallback;
      const value = Number(given);
      if (given.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
      throw new FlipsideError(`--${name} takes a whole number of at least ${least}, not "${given}".`, { exitCode: 2 });
    },
  };
}

/** The help page of one command. */
export function commandHelp(command: Command): string {
  const specs = [...command.options, ...COMMON_OPTIONS];
  const left = specs.map((spec) => `--${spec.name}${spec.value === undefined ? '' : ` ${spec.value}`}`);
  const width = Math.max(...left.map((each) => each.length));
  const lines = specs.map((spec, index) => `  ${(left[index] ?? '').padEnd(width)}  ${spec.help}`);
  return `${command.summary}\n\nUsage: flipside ${command.usage}\n\n${lines.join('\n')}\n\nExample:\n  ${command.example}\n`;
}
