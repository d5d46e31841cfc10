import { randomUUID } from 'node:crypto';
import {
  Analysis,
  candidatesOf,
  explainItem,
  filterOf,
  lineOfRow,
  outcomeOf,
  type ImagesOfRow,
} from '../core/analysis.js';
import { learnPrefix, mayEmbedImages } from '../core/analysis/images.js';
import { FlipsideError } from '../core/model.js';
import type { AnalysisEvents, AnalysisMethods, ImageSettings, OpenParams, Overview } from '../protocol/analysis.js';
import type { ItemView, OtherAnswer, RowKey } from '../protocol/rows.js';
import { firstOverview, fullOverview } from './overview.js';
import { Pictures, type PictureRequest } from './pictures.js';

type Emit = <K extends keyof AnalysisEvents>(name: K, payload: AnalysisEvents[K]) => void;

const NOTHING_OPEN = 'Nothing is open yet.';

/** One open analysis, and how many questions it is still answering. */
interface Opened {
  /** Names this opening in what is told of it. */
  readonly id: string;
  readonly analysis: Analysis;
  readonly browsing: ReturnType<Analysis['browse']>;
  readonly pictures: Pictures;
  /** Some file under the opened paths may hold images of items that name none. */
  readonly embeds: boolean;
  busy: number;
  ended: boolean;
}

/**
 * What the analysis process holds: at most one open analysis. A new one takes its place as a whole; the old one is closed
 * once it has answered what it was asked.
 */
export class Session {
  private opened: Opened | null = null;
  private opening: AbortController | null = null;

  constructor(private readonly emit: Emit) {}

  methods(): AnalysisMethods {
    return {
      open: (params, signal) => this.open(params, signal),
      setImages: (params) => this.setImages(params),
      slice: (query) => this.use(({ browsing }) => browsing.slice(query)),
      rows: ({ slice, start, end }) =>
        this.use(async ({ browsing, embeds }) => {
          const rows = await browsing.rows(slice, start, end);
          return embeds ? rows.map((row) => ({ ...row, images: Math.max(1, row.images) })) : rows;
        }),
      position: ({ slice, key }) => this.use(({ browsing }) => browsing.position(slice, key)),
      facets: ({ query, fields, limit }, signal) =>
        this.use(({ browsing }) => browsing.facets(query, fields, limit, signal)),
      counts: (queries) => this.use(({ browsing }) => browsing.counts(queries)),
      ids: ({ query, keys, most }) => this.use(({ browsing }) => browsing.ids(query, keys, most)),
      item: ({ key, baseline }) => this.use((opened) => itemView(opened, key, baseline)),
      thumbnails: ({ keys, size }, signal) =>
        this.use(async ({ analysis, browsing, pictures }) => {
          const rows = await browsing.images(keys);
          return pictures.thumbnails(
            rows.map((row) => requestOf(analysis, row, 0)),
            size,
            signal,
          );
        }),
      picture: ({ key, index, size, crop }, signal) =>
        this.use(async ({ analysis, browsing, pictures }) => {
          const [row] = await browsing.images([key]);
          if (row === undefined) throw new FlipsideError('This row is not there any more.');
          return pictures.picture(requestOf(analysis, row, index), size, crop, signal);
        }),
      exportRows: ({ query, keys, to, out }) =>
        this.use(async ({ analysis }) => (await analysis.export(to, out, filterOf(query, keys))).rows),
      learnPrefix: ({ stated, found }) => Promise.resolve(learnPrefix(stated, found)),
      line: ({ run, row }) =>
        this.use(({ analysis }) => {
          const file = analysis.runs.find((each) => each.id === run)?.file;
          return file === undefined ? Promise.resolve(null) : lineOfRow(file, row);
        }),
    };
  }

  private async open(params: OpenParams, signal: AbortSignal): Promise<Overview> {
    this.opening?.abort();
    const opening = new AbortController();
    this.opening = opening;
    const stop = (): void => opening.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const analysis = await Analysis.open(params.paths, {
        lens: params.lens,
        answers: params.answers,
        cacheDir: params.cacheDir,
        signal: opening.signal,
        progress: (message) => this.emit('progress', { message }),
      });
      // A later opening, or the user, may have taken the wish back while the last file was read.
      if (opening.signal.aborted) {
        analysis.close();
        throw opening.signal.reason;
      }
      return await this.adopt(analysis, params);
    } finally {
      signal.removeEventListener('abort', stop);
      if (this.opening === opening) this.opening = null;
    }
  }

  private async adopt(analysis: Analysis, params: OpenParams): Promise<Overview> {
    const { cacheDir, images: settings } = params;
    const files = filesOf(analysis);
    const pictures = new Pictures({ cacheDir, settings, files });
    const embeds = files.some(holdsImages);
    const opened: Opened = {
      id: randomUUID(),
      analysis,
      browsing: analysis.browse(),
      pictures,
      embeds,
      busy: 0,
      ended: false,
    };
    const before = this.opened;
    this.opened = opened;
    if (before !== null) end(before);
    const first = await firstOverview(analysis, opened.id);
    void this.complete(opened);
    return first;
  }

  /** Counts what takes time, after the first rows could be asked for. */
  private async complete(opened: Opened): Promise<void> {
    try {
      await this.using(opened, async ({ browsing }) => browsing.warm());
      const overview = await this.using(opened, ({ analysis, id }) => fullOverview(analysis, id));
      if (this.opened === opened) this.emit('overview', overview);
    } catch (error) {
      if (this.opened === opened)
        this.emit('failed', { message: error instanceof Error ? error.message : String(error) });
    }
  }

  private setImages(settings: ImageSettings): Promise<null> {
    this.opened?.pictures.configure(settings);
    return Promise.resolve(null);
  }

  private use<T>(ask: (opened: Opened) => Promise<T>): Promise<T> {
    if (this.opened === null) return Promise.reject(new FlipsideError(NOTHING_OPEN));
    return this.using(this.opened, ask);
  }

  private async using<T>(opened: Opened, ask: (opened: Opened) => Promise<T>): Promise<T> {
    opened.busy += 1;
    try {
      return await ask(opened);
    } finally {
      opened.busy -= 1;
      if (opened.ended && opened.busy === 0) close(opened);
    }
  }
}

function end(opened: Opened): void {
  opened.ended = true;
  if (opened.busy === 0) close(opened);
}

function close({ analysis, pictures }: Opened): void {
  analysis.close();
  void pictures.close();
}

/** Every file under the opened paths: some hold the images of others. */
function filesOf(analysis: Analysis): string[] {
  const { datasets, skipped } = analysis.found();
  return [...new Set([...analysis.runs, ...datasets, ...skipped].map(({ file }) => file))];
}

/** CSV files may hold images too, but are what predictions come in: only the other kinds say that there is something to ask for. */
function holdsImages(file: string): boolean {
  return mayEmbedImages(file) && !file.toLowerCase().endsWith('.csv');
}

function requestOf(analysis: Analysis, row: ImagesOfRow, index: number): PictureRequest {
  return { ...row, root: analysis.found().root, index };
}

async function itemView(
  { analysis, browsing, pictures, embeds }: Opened,
  key: RowKey,
  baseline: string | null,
): Promise<ItemView | null> {
  const found = await analysis.itemAt(key.run, key.row);
  if (found === null) return null;
  const { record, trace } = found.item;
  const mayBeEmbedded = embeds && record.images.length === 0;
  const [row] = mayBeEmbedded ? await browsing.images([key]) : [];
  const embeddedImages =
    row === undefined || row.ambiguous ? 0 : await pictures.embeddedCount(requestOf(analysis, row, 0));
  return {
    key,
    record,
    trace,
    outcome: outcomeOf(record),
    lens: found.lens,
    why: explainItem(found),
    others: found.otherRuns.map((other): OtherAnswer => ({
      key: { run: other.run, row: other.row },
      model: analysis.runs.find((run) => run.id === other.run)?.model ?? null,
      outcome: outcomeOf(other),
      class: other.class,
      predicted: other.predicted,
      predictedDirection: other.predictedDirection,
      baseline: other.run === baseline,
    })),
    mayBeEmbedded,
    embeddedImages,
    imageCandidates: record.flags.includes('imageAmbiguous') ? candidatesOf(record.meta) : [],
    source: { file: analysis.runs.find((run) => run.id === key.run)?.file ?? record.file, row: record.row },
  };
}
