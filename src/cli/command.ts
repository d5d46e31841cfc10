import type { OpenPictures, PicturePlaces } from '../core/analysis.js';
import type { Report } from './report.js';

/** One option of a command, as `--help` lists it. */
export interface OptionSpec {
  readonly name: string;
  /** Placeholder of its value ("N", "FIELD=VALUE"); absent for switches. */
  readonly value?: string;
  readonly help: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** Takes every following word up to the next option ("--new A B"). */
  readonly variadic?: true;
}

/** What the user typed, checked against the command's options. */
export interface Arguments {
  readonly paths: readonly string[];
  /** The last value given for an option; null where it was not given. */
  text(name: string): string | null;
  list(name: string): readonly string[];
  has(name: string): boolean;
  /** A whole number of at least `least`; `fallback` where the option was not given. Throws a usage error otherwise. */
  count(name: string, fallback: number, least?: number): number;
}

export interface Context {
  readonly args: Arguments;
  readonly signal: AbortSignal;
  /** One line of progress or a warning, to stderr. */
  readonly tell: (message: string) => void;
  /** The command line as it was typed, without the program's name. */
  readonly words: readonly string[];
  /** Opens what finds and decodes images; loaded only then. Close it. */
  /** The folder of the program's bundles. */
  readonly programDir: string;
  readonly openPictures: (places: PicturePlaces) => Promise<OpenPictures>;
}

/** A command of the CLI: a new one is a module with this and a line in commands/index.ts. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly example: string;
  readonly options: readonly OptionSpec[];
  run(context: Context): Promise<Report>;
}

/** Options of every command that opens runs. */
export const SOURCE_OPTIONS: readonly OptionSpec[] = [
  { name: 'lens', value: 'NAME', help: 'how errors are classed: axes (default), wurf2026, seed, angular, or your own' },
  { name: 'gold', value: 'FILE…', help: 'files that hold gold answers', multiple: true, variadic: true },
  {
    name: 'answers',
    value: 'RULE',
    help: 'read the raw responses again under a tool’s own rule (viewspatial, vlmevalkit, …)',
  },
  {
    name: 'reader',
    value: 'own|generic',
    help: 'generic: switch the tools’ own readers off and read every file by its columns (so does --format generic)',
  },
  { name: 'cache', value: 'DIR', help: 'keep the index here instead of the platform’s cache folder' },
];

/** How commands take corrected right answers. */
export const PATCH_OPTION: OptionSpec = {
  name: 'patch',
  value: 'FILE',
  help: 'count under the corrected right answers of this file, which “flipside relabel --out” writes',
};

/** How commands take a run. */
export const RUN_OPTION: OptionSpec = {
  name: 'run',
  value: 'RUN',
  help: 'only this run: its id, or any part of it that no other run has',
};
