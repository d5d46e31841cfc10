import type { BackendInfo, FoundModel } from '../../inference/client.js';
import type { Command } from '../command.js';
import { MODEL_OPTIONS, modelPlaces, withModels } from '../models.js';
import type { Cell, Report } from '../report.js';

/** A model as it was found, and what it said when it was tried. */
interface Listed {
  readonly model: FoundModel;
  readonly info: BackendInfo | null;
  /** Why it cannot be used; null where it can, or was not tried. */
  readonly failure: string | null;
}

export const models: Command = {
  name: 'models',
  summary: 'The models that can be used here, with device, abilities, memory, and what is missing.',
  usage: 'models [--models DIR] [--endpoint URL] [--process COMMAND] [--no-probe]',
  example: 'flipside models --models ~/models --endpoint http://127.0.0.1:8000/v1',
  options: [
    ...MODEL_OPTIONS,
    { name: 'no-probe', help: 'only look for models; load none, so that nothing is known of what they can do' },
  ],
  run: (context) =>
    withModels(context, async (client) => {
      const { args, signal, programDir } = context;
      const places = modelPlaces(args, programDir);
      const listed: Listed[] = [];
      for (const model of await client.ask('models', { places }, signal)) {
        if (model.missing !== null || args.has('no-probe')) listed.push({ model, info: null, failure: model.missing });
        else {
          const tried = client.ask('probe', { places, model: model.id }, signal);
          const entry = await tried.then(
            (info): Listed => ({ model, info, failure: null }),
            (error: Error): Listed => {
              if (signal.aborted) throw error;
              return { model, info: null, failure: error.message };
            },
          );
          listed.push(entry);
        }
      }
      return report(listed);
    }),
};

function report(listed: readonly Listed[]): Report {
  return {
    json: {
      models: listed.map(({ model, info, failure }) => ({
        ...{ id: model.id, kind: model.kind, name: model.name, where: model.where, bytes: model.bytes },
        ...{ state: failure !== null ? 'unusable' : info === null ? 'not tried' : 'ready', missing: failure },
        device: info?.device ?? null,
        tried: info?.tried ?? [],
        capabilities: info?.capabilities ?? [],
        memory: info?.memory ?? null,
        weights: info?.weights ?? null,
        notes: info?.notes ?? [],
      })),
    },
    sections: [
      {
        title: listed.length === 0 ? 'No models were found' : 'Models',
        columns: [
          { name: 'id', own: 'above' },
          { name: 'device' },
          { name: 'can', wrap: true, weight: 2 },
          { name: 'MB', align: 'right' },
          { name: 'missing', wrap: true, weight: 3 },
        ],
        rows: listed.map(({ model, info, failure }): Cell[] => [
          model.id,
          info?.device ?? null,
          info === null ? null : info.capabilities.join(', '),
          megabytes(info?.memory ?? model.bytes),
          failure,
        ]),
        notes: [...reasons(listed), ...new Set(listed.flatMap(({ info }) => info?.notes ?? []))],
      },
    ],
  };
}

/** Why models do not run on something faster: the same for all that tried. */
function reasons(listed: readonly Listed[]): readonly string[] {
  const tried = listed.flatMap(({ info }) => info?.tried ?? []);
  const lines = tried.flatMap(({ provider, reason }) =>
    reason === null ? [] : [`${provider} is not used: ${reason}.`],
  );
  return [...new Set(lines)];
}

function megabytes(bytes: number | null): string | null {
  return bytes === null ? null : (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
