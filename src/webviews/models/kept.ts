import type { ModelsEvents, ModelsHost } from '../../protocol/modelsPage.js';
import type { Connection } from '../shared/host.js';

/** The page keeps nothing: what models are and do is asked anew. */
export type ModelsConnection = Connection<ModelsHost, ModelsEvents, null>;
export type Host = ModelsConnection['host'];
