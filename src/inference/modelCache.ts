import { FlipsideError } from '../core/model.js';
import type { BackendInfo, FoundModel, ModelPlaces } from '../protocol/inference.js';
import type { BackendType, InferenceBackend } from './backend.js';

/** What is loaded may take as many bytes together, unless one model alone takes more. */
const MOST_BYTES = 4e9;

interface Loaded {
  readonly info: BackendInfo;
  readonly backend: InferenceBackend;
  /** Of what it was opened with: other settings make it another one. */
  readonly places: string;
}

/** Loaded models, the one used last at the end. Models that are not used make room for those that are. */
export class ModelCache {
  private readonly loaded = new Map<string, Loaded>();

  constructor(
    private readonly types: readonly BackendType[],
    private readonly most = MOST_BYTES,
  ) {}

  get infos(): readonly BackendInfo[] {
    return [...this.loaded.values()].map(({ info }) => info);
  }

  /** Models that can be found, of all kinds. A kind whose search fails for good is an error of the program, not a missing model. */
  async find(places: ModelPlaces, signal: AbortSignal): Promise<readonly FoundModel[]> {
    return (await Promise.all(this.types.map((type) => type.find(places, signal)))).flat();
  }

  /** Loads a model, or hands out the loaded one. Throws a FlipsideError that lists the models there are where this one is not. */
  async open(
    id: string,
    places: ModelPlaces,
    signal: AbortSignal,
  ): Promise<{ info: BackendInfo; backend: InferenceBackend }> {
    const key = JSON.stringify(places);
    const before = this.loaded.get(id);
    if (before?.places === key) {
      this.loaded.delete(id);
      this.loaded.set(id, before);
      return before;
    }
    if (before !== undefined) await this.unload(id, before);
    const found = await this.named(id, places, signal);
    const type = this.types.find(({ kind }) => kind === found.kind);
    if (type === undefined) throw new Error(`No backend runs models of the kind ${found.kind}.`);
    const most = places.memoryLimit ?? this.most;
    await this.makeRoom(most, found.bytes ?? 0);
    const backend = await type.open(found, places, signal);
    const info = await backend.probe(signal);
    const loaded = { info, backend, places: key };
    this.loaded.set(id, loaded);
    await this.makeRoom(most, 0, id);
    return loaded;
  }

  private async named(id: string, places: ModelPlaces, signal: AbortSignal): Promise<FoundModel> {
    const kind = id.slice(0, Math.max(0, id.indexOf(':')));
    const types = this.types.filter((type) => type.kind === kind);
    const all = (await Promise.all(types.map((type) => type.find(places, signal)))).flat();
    const found = all.find((model) => model.id === id);
    if (found === undefined) {
      const others = (await this.find(places, signal)).map((model) => model.id);
      throw new FlipsideError(`There is no model "${id}". There are: ${others.join(', ') || 'none'}.`);
    }
    if (found.missing !== null) throw new FlipsideError(found.missing);
    return found;
  }

  /** Unloads models that were not used for longest, until `bytes` more fit into `most`; never `keep`. */
  private async makeRoom(most: number, bytes: number, keep?: string): Promise<void> {
    const taken = (): number => this.infos.reduce((sum, { memory }) => sum + (memory ?? 0), bytes);
    for (const [id, each] of [...this.loaded]) {
      if (taken() <= most) return;
      if (id !== keep) await this.unload(id, each);
    }
  }

  private async unload(id: string, { backend }: Loaded): Promise<void> {
    this.loaded.delete(id);
    await backend.dispose();
  }

  async dispose(): Promise<void> {
    for (const [id, each] of [...this.loaded]) await this.unload(id, each);
  }
}
