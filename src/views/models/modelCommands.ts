import * as vscode from 'vscode';
import { FlipsideError } from '../../core/model.js';
import { ERRORS } from '../../protocol/rows.js';
import type { ErrorsView } from '../errorsView.js';
import { localPath } from '../localPath.js';
import type { Predictions } from '../predictions.js';
import type { ImportedMaps } from '../reruns/importedMaps.js';
import type { Models } from './models.js';
import type { ModelsPanel } from './modelsPanel.js';

interface Parts {
  readonly models: Models;
  readonly modelsPanel: ModelsPanel;
  readonly imported: ImportedMaps;
  readonly predictions: Predictions;
  readonly errors: ErrorsView;
}

/** The commands around models and their maps, by name. */
export function modelCommands({
  models,
  modelsPanel,
  imported,
  predictions,
  errors,
}: Parts): Record<string, (args: readonly unknown[]) => Promise<unknown>> {
  return {
    'flipside.showModels': () => Promise.resolve(modelsPanel.show()),
    'flipside.setApiKey': ([url]) => models.keys.ask(typeof url === 'string' ? url : null),
    'flipside.importMaps': async ([folder]) => {
      if (folder instanceof vscode.Uri) await imported.add(localPath(folder));
      else await imported.import();
    },
    'flipside.forgetMaps': () => imported.forget(),
    'flipside.showRerun': async (files) => {
      const { runs } = await predictions.ready();
      const shown = runs.filter(({ file }) => files.includes(file));
      if (shown.length === 0)
        throw new FlipsideError('This rerun is not open yet. Refresh, then choose it under Runs.');
      await errors.show({ ...ERRORS, facets: { ...ERRORS.facets, run: shown.map(({ id }) => id) } });
    },
  };
}
