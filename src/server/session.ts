import { setTimeout as sleep } from 'node:timers/promises';
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
/** Nothing was asked for so long, in milliseconds: nobody waits. */
const CALM = 300;
/** Somebody who asks without end gets the numbers all the same. */
const PATIENCE = 3000;
const STEP = 20;

/** One open analysis, and how many questions it is still answering. */
interface Opened {
  readonly analysis: Analysis;
  readonly browsing: ReturnType<Analysis['browse']>;
  readonly pictures: Pictures;
  /** Some file under the opened paths may hold images of items that name none. */
  readonly embeds: boolean;
  busy: number;
  /** Questions that somebody waits for, when the last one came, and whether any of them was about rows and is answered. */
  asked: number;
  lastAsked: number;
  rowsSeen: boolean;
  readonly end: AbortController;
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
        this.use(async (opened) => {
          const rows = await opened.browsing.rows(slice, start, end);
          opened.rowsSeen = true;
          return opened.embeds ? rows.map((row) => ({ ...row, images: Math.max(1, row.images) })) : rows;
        }),
      position: ({ slice, key }) => this.use(({ browsing }) => browsing.position(slice, key)),
      facets: ({ query, fields, limit }, signal) =>
        this.use(({ browsing }) => browsing.facets(query, fields, limit, signal)),
      counts: (queries) => this.use(({ browsing }) => browsing.counts(queries)),
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
      ...{ analysis, browsing: analysis.browse(), pictures, embeds },
      ...{ busy: 0, asked: 0, lastAsked: performance.now(), rowsSeen: false, end: new AbortController() },
    };
    const before = this.opened;
    this.opened = opened;
    if (before !== null) end(before);
    const first = await firstOverview(analysis);
    void this.complete(opened);
    return first;
  }

  /** Counts what takes time, and makes ready what makes questions fast: always when nobody waits for something shorter. */
  private async complete(opened: Opened): Promise<void> {
    try {
      await calm(opened, () => opened.rowsSeen);
      if (opened.end.signal.aborted) return;
      await this.using(opened, ({ browsing }) => browsing.warm());
      const overview = await this.using(opened, ({ analysis }) => fullOverview(analysis));
      if (this.opened === opened) this.emit('overview', overview);
      await calm(opened);
      if (opened.end.signal.aborted) return;
      await this.using(opened, ({ browsing }) => browsing.hold(opened.end.signal));
    } catch (error) {
      if (this.opened === opened)
        this.emit('failed', { message: error instanceof Error ? error.message : String(error) });
    }
  }

  private setImages(settings: ImageSettings): Promise<null> {
    this.opened?.pictures.configure(settings);
    return Promise.resolve(null);
  }

  private async use<T>(ask: (opened: Opened) => Promise<T>): Promise<T> {
    const { opened } = this;
    if (opened === null) throw new FlipsideError(NOTHING_OPEN);
    opened.asked += 1;
    try {
      return await this.using(opened, ask);
    } finally {
      opened.asked -= 1;
      opened.lastAsked = performance.now();
    }
  }

  private async using<T>(opened: Opened, ask: (opened: Opened) => Promise<T>): Promise<T> {
    opened.busy += 1;
    try {
      return await ask(opened);
    } finally {
      opened.busy -= 1;
      if (opened.end.signal.aborted && opened.busy === 0) close(opened);
    }
  }
}

/** Resolves when nobody has asked anything for a while, when `early` holds, when somebody asks without end, or at the end. */
async function calm(opened: Opened, early: () => boolean = () => false): Promise<void> {
  for (const latest = performance.now() + PATIENCE; performance.now() < latest; await sleep(STEP)) {
    const isCalm = opened.asked === 0 && performance.now() - opened.lastAsked > CALM;
    if (isCalm || early() || opened.end.signal.aborted) return;
  }
}

function end(opened: Opened): void {
  opened.end.abort();
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

async function itemView({ analysis, embeds }: Opened, key: RowKey, baseline: string | null): Promise<ItemView | null> {
  const found = await analysis.itemAt(key.run, key.row);
  if (found === null) return null;
  const { record, trace } = found.item;
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
    mayBeEmbedded: embeds && record.images.length === 0,
    imageCandidates: record.flags.includes('imageAmbiguous') ? candidatesOf(record.meta) : [],
    source: { file: analysis.runs.find((run) => run.id === key.run)?.file ?? record.file, row: record.row },
  };
}
