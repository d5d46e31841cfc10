import path from 'node:path';
import { FlipsideError } from '../../core/model.js';
import type { Command } from '../command.js';

export const mapping: Command = {
  name: 'mapping',
  summary: 'The roles inferred for a file’s columns, as a mapping file ready to edit.',
  usage: 'mapping FILE',
  example: saving('answers.jsonl'),
  options: [],
  async run({ args, tell }) {
    const [file] = args.paths;
    if (file === undefined || args.paths.length > 1)
      throw new FlipsideError('mapping takes one FILE.', { exitCode: 2 });
    const { inferMapping } = await import('../../core/analysis.js');
    const { text, roles, undecided, confidence, unassigned, alreadyRead } = await inferMapping(file);
    if (alreadyRead !== null) tell(alreadyRead);
    for (const each of undecided) tell(each);
    const rest = unassigned.length === 0 ? [] : [`Without a role, kept as fields: ${unassigned.join(', ')}.`];
    for (const each of rest) tell(each);
    return {
      json: text,
      sections: [
        {
          title: `Roles of the columns of ${file} (confidence ${confidence.toFixed(2)})`,
          columns: [
            { name: 'role' },
            { name: 'column' },
            { name: 'confidence', align: 'right' },
            { name: 'why', wrap: true },
          ],
          rows: roles.map((each) => [each.role, each.column, each.confidence.toFixed(2), each.reasons.join('; ')]),
          notes: [...undecided, ...rest, `As a mapping file to edit: ${saving(file)}`],
        },
      ],
    };
  },
};

/** The line that saves a file's mapping where every later command in this folder finds it. */
function saving(file: string): string {
  const name = path.basename(file).replace(/\.[^.]+$/, '');
  return `mkdir -p .flipside/formats && flipside mapping ${quoted(file)} --format json > ${quoted(`.flipside/formats/${name}.json`)}`;
}

/** A path as a shell takes it. */
function quoted(text: string): string {
  return /^[\w./@+=:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
