import { FlipsideError } from '../../core/model.js';
import { chooseModel } from '../../inference/reruns/chooseModel.js';
import type { Command } from '../command.js';
import { MODEL_OPTIONS, modelPlaces } from '../models.js';

const HOST = '127.0.0.1';
const PORT = 8127;
const MOST_PORT = 65_535;

export const serve: Command = {
  name: 'serve',
  summary: 'Serves a local model to programs of this machine, over the OpenAI protocol, until Ctrl-C.',
  usage: 'serve --model M [--port N] [--models DIR]',
  example: 'flipside serve --model augmented --port 8127',
  options: [
    ...MODEL_OPTIONS,
    { name: 'model', value: 'M', help: 'the model, by its id or any part of it (bundled:augmented)' },
    { name: 'port', value: 'N', help: `the port on ${HOST} (${PORT}; 0 takes any that is free)` },
  ],
  async run({ args, signal, tell, programDir }) {
    const port = args.count('port', PORT);
    if (port > MOST_PORT)
      throw new FlipsideError(`--port takes a number up to ${MOST_PORT}, not ${port}.`, { exitCode: 2 });
    const { BACKENDS } = await import('../../inference/backends/index.js');
    const { ModelCache } = await import('../../inference/modelCache.js');
    const { startServer } = await import('../../inference/serve/server.js');
    const places = modelPlaces(args, programDir);
    // In this process: nobody else has work here, and what crashes it would end the service in any case.
    const cache = new ModelCache(BACKENDS);
    const { id } = chooseModel(await cache.find(places, signal), args.text('model') ?? 'bundled:augmented', null);
    const loading = cache.open(id, places, signal);
    const serving = await startServer({
      backend: loading.then(({ backend }) => backend),
      ...{ host: HOST, port, signal, log: tell },
    });
    try {
      const { info } = await loading;
      tell(`${info.name} (${info.device}) answers at ${serving.url}. Ctrl-C ends it.`);
      await ended(signal);
    } finally {
      await serving.close();
      await cache.dispose();
    }
    return { json: { url: serving.url, model: id }, sections: [] };
  },
};

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
