import { FlipsideError } from '../../core/model.js';
import type { Command } from '../command.js';

export const mapping: Command = {
  name: 'mapping',
  summary: 'The roles inferred for a file’s columns, as a mapping file ready to edit.',
  usage: 'mapping FILE',
  example: 'flipside mapping answers.jsonl > .flipside/formats/answers.json',
  options: [],
  async run({ args, tell }) {
    const [file] = args.paths;
    if (file === undefined || args.paths.length > 1)
      throw new FlipsideError('mapping takes one FILE.', { exitCode: 2 });
    const { inferMapping } = await import('../../core/analysis.js');
    const { text, roles, undecided, confidence, alreadyRead } = await inferMapping(file);
    if (alreadyRead !== null) tell(alreadyRead);
    for (const each of undecided) tell(each);
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
          notes: [...undecided, 'As a mapping file: flipside mapping FILE --format json > .flipside/formats/NAME.json'],
        },
      ],
    };
  },
};
