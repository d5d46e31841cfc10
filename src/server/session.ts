import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { Analysis, DamagedShards, isQueryFailure, lineOfRow, SourceLines } from '../core/analysis.js';
import { filterOf } from '../core/analysis/browsing.js';
import { FlipsideError } from '../core/model.js';
import type { AnalysisEvents, AnalysisMethods, ImageSettings, OpenParams, Overview } from '../protocol/analysis.js';
import { ERROR_OUTCOMES, type Query, type RowKey } from '../protocol/rows.js';
import { AnnotationDesk, type Annotatable } from './annotationDesk.js';
import { requireBlind } from './blind.js';
import { firstOf, listFirst, rowsOf } from './firstRows.js';
import { checkImages } from './imageChecks.js';
import { ImageDigests } from './imageDigests.js';
import { facetsOf, itemView } from './itemView.js';
import { mappingPreview, mappingSubject } from './mapping.js';
import { calm, end, filesOf, holdsImages, requestOf, stateOf, using, type Opened } from './opened.js';
import { foldersOf } from './openedFolders.js';
import { firstOverview, fullOverview } from './overview.js';
import { originals } from './originals.js';
import { Pictures } from './pictures.js';
import { relabelList } from './relabels.js';
import { rowsAt } from './rowsAt.js';

type Emit = <K extends keyof AnalysisEvents>(name: K, payload: AnalysisEvents[K]) => void;

const NOTHING_OPEN = 'Nothing is open yet.';
const NOBODY = { name: null, blind: false };
const NO_AGREEMENT = 'Blind annotating is on: how far annotators agree would tell what others say. End it first.';
const NO_EXPORT =
  'Blind annotating is on: exported rows would tell their class and what others say. End blind annotating first.';
type Annotating = Pick<
  AnalysisMethods,
  'annotations' | 'setViewer' | 'prepareAnnotating' | 'annotate' | 'refreshAnnotations' | 'labelled' | 'nextUnlabelled'
>;

/**
 * What the analysis process holds: at most one open analysis. A new one takes its place as a whole; the old one is closed
 * once it has answered what it was asked.
 */
export class Session {
  private opened: Opened | null = null;
  private opening: AbortController | null = null;
  /** Image settings that came while something was being opened, with settings of its own that are older. */
  private images: { readonly settings: ImageSettings; readonly since: AbortController | null } | null = null;
  private underWay: Promise<unknown> | null = null;
  private pictures: { readonly cacheDir: string; readonly pictures: Pictures } | null = null;
  private readonly lines = new SourceLines();
  private readonly desk = new AnnotationDesk();
  private readonly digests = new ImageDigests();

  constructor(private readonly emit: Emit) {}

  /** Ends what is open, once it has answered what it was asked. */
  close(): Promise<void> {
    this.opening?.abort();
    if (this.opened !== null) end(this.opened);
    this.opened = null;
    return this.desk.close();
  }

  methods(): AnalysisMethods {
    return {
      open: (params, signal) => (this.underWay = this.open(params, signal)),
      setImages: (params) => this.setImages(params),
      slice: (query, signal) => this.asked(query, ({ browsing }) => browsing.slice(query, signal)),
      first: (query, signal) => this.asked(query, (opened) => firstOf(opened, query, signal)),
      rows: ({ slice, start, end }, signal) => this.use((opened) => rowsOf(opened, slice, [start, end], signal)),
      position: ({ slice, key }) => this.use(({ browsing }) => browsing.position(slice, key)),
      nextError: ({ slice, position, by }) =>
        this.use(({ browsing }) => browsing.nearest(slice, position, by, ERROR_OUTCOMES)),
      rowOf: ({ run, item }) => this.use(({ analysis }) => analysis.rowOf(run, item)),
      facets: ({ query, fields, limit }, signal) =>
        this.asked(query, (opened) => {
          opened.counted = true;
          return facetsOf(opened, { query, fields, limit }, signal);
        }),
      counts: (queries, signal) =>
        this.use(({ analysis, browsing }) => {
          if (analysis.annotated.isBlind) queries.forEach(requireBlind);
          return browsing.counts(queries, signal);
        }),
      ids: ({ query, keys, most }, signal) =>
        this.asked(query, ({ browsing }) => browsing.ids(query, keys, most, signal)),
      item: ({ key, baseline }, signal) =>
        this.use((opened) => itemView(opened, key, { baseline, images: () => this.imagesOf(opened, key) }, signal)),
      ...this.picturing(),
      exportRows: ({ query, keys: names, to, out }, signal) =>
        this.asked(query, async ({ analysis, browsing }) => {
          if (analysis.annotated.isBlind) throw new FlipsideError(NO_EXPORT);
          const told = (rows: number, of: number): void => this.emit('exporting', { out, rows, of });
          return (await analysis.exportList({ browsing, query, names }, to, out, told, signal)).rows;
        }),
      ...this.counting(),
      ...this.annotating(),
      line: ({ run, row }) =>
        this.use(({ analysis }) => {
          const file = analysis.runs.find((each) => each.id === run)?.file;
          return file === undefined ? Promise.resolve(null) : lineOfRow(file, row);
        }),
      rowsAt: (place, signal) => this.use((opened) => rowsAt(opened, this.lines, place, signal)),
      mapping: (place) => mappingSubject(place),
      previewMapping: (params, signal) => mappingPreview(params, signal),
    };
  }

  private picturing(): Pick<AnalysisMethods, 'thumbnails' | 'originals' | 'picture' | 'learnPrefix'> {
    return {
      thumbnails: ({ keys, size }, signal) =>
        this.use(async ({ browsing, folders, pictures }) => {
          const rows = await browsing.images(keys);
          return pictures.thumbnails(
            rows.map((row) => ({ ...row, opened: folders, index: 0 })),
            size,
            signal,
          );
        }),
      originals: ({ key }, signal) =>
        this.use(async (opened) => originals(opened.pictures, await requestOf(opened, key, 0), signal)),
      picture: ({ key, index, size, crop }, signal) =>
        this.use(async (opened) => opened.pictures.picture(await requestOf(opened, key, index), size, crop, signal)),
      learnPrefix: ({ key, index, found }) =>
        this.use(async (opened) => opened.pictures.learn(await requestOf(opened, key, index), found)),
    };
  }

  private counting(): Pick<AnalysisMethods, 'charts' | 'compare' | 'agreement' | 'relabels' | 'sample'> {
    return {
      agreement: ({ sample }) =>
        this.use(({ analysis }) => {
          if (analysis.annotated.isBlind) throw new FlipsideError(NO_AGREEMENT);
          return analysis.agreement(sample);
        }),
      relabels: (params) =>
        this.use(({ analysis }) => {
          if (analysis.annotated.isBlind) throw new FlipsideError(NO_AGREEMENT);
          return relabelList(analysis, params);
        }),
      sample: ({ query, out, ...how }) =>
        this.asked(query, async ({ analysis }) => {
          const { rows, of } = await analysis.sample({ ...how, filter: filterOf(query) }, out);
          // Of which stratum a row is may be its class, which blind mode holds back.
          return { rows: rows.map(({ run, row }) => ({ run, row })), of };
        }),
      charts: (request, signal) => this.use(({ analysis }) => analysis.charts(request, signal)),
      compare: ({ base, treatments, target }, signal) =>
        this.use(({ analysis }) =>
          analysis.compare(base, treatments, { lens: analysis.lens, bootstrap: null, target }, signal),
        ),
    };
  }

  private annotating(): Annotating {
    const about = (opened: Opened): Annotatable => this.annotatable(opened);
    const done = async (work: Promise<unknown>): Promise<null> => {
      await work;
      return null;
    };
    return {
      annotations: () => this.use(() => this.desk.state()),
      setViewer: (viewer) => {
        if (this.opened !== null) this.opened.params = { ...this.opened.params, viewer };
        return done(this.desk.see(viewer, this.opened === null ? null : about(this.opened)));
      },
      prepareAnnotating: ({ key }) =>
        this.use((opened) => done(Promise.all([opened.analysis.annotated.prepare([key]), this.imagesOf(opened, key)]))),
      annotate: (params) => this.use((opened) => this.desk.annotate(about(opened), params)),
      refreshAnnotations: () => this.use((opened) => done(this.desk.refresh(about(opened)))),
      labelled: ({ slice }) => this.use(({ browsing }) => browsing.labelled(slice)),
      nextUnlabelled: ({ slice, position }) => this.use(({ browsing }) => browsing.nextUnlabelled(slice, position)),
    };
  }

  private annotatable(opened: Opened): Annotatable {
    return {
      analysis: opened.analysis,
      images: (key) => this.imagesOf(opened, key),
      changed: (rows) => {
        opened.browsing.annotationsChanged();
        if (this.opened === opened) this.emit('annotated', { rows });
      },
    };
  }

  /** Digests of a row's images. Those on the network are not fetched for it. */
  private imagesOf(opened: Opened, key: RowKey): Promise<readonly string[] | null> {
    return this.digests.of(`${key.run}\n${key.row}`, async () => {
      const request = await requestOf(opened, key, 0);
      return request.images.some((image) => /^https?:/i.test(image)) ? [] : originals(opened.pictures, request);
    });
  }

  /** Answers a question about the rows of a query. In blind mode none is answered that would tell their class. */
  private asked<T>(query: Query, ask: (opened: Opened) => Promise<T>): Promise<T> {
    return this.use(async (opened) => {
      if (opened.analysis.annotated.isBlind) requireBlind(query);
      if (JSON.stringify(query).includes('annotation.')) await opened.analysis.annotate();
      return ask(opened);
    });
  }

  /** `id`: of the opening that this one repairs. */
  private async open(params: OpenParams, signal: AbortSignal, id: string = randomUUID()): Promise<Overview> {
    this.opening?.abort();
    const opening = new AbortController();
    this.opening = opening;
    const stop = (): void => opening.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const analysis = await Analysis.open(params.paths, {
        homes: params.homes,
        lens: params.lens,
        answers: params.answers,
        cacheDir: params.cacheDir,
        annotations: this.desk.storeFor(params.homes, params.paths),
        signal: opening.signal,
        progress: (message) => this.emit('progress', { message }),
      });
      // A later opening, or the user, may have taken the wish back while the last file was read.
      if (opening.signal.aborted) {
        analysis.close();
        throw opening.signal.reason;
      }
      return await this.adopt(analysis, params, id);
    } catch (error) {
      throw told(error);
    } finally {
      signal.removeEventListener('abort', stop);
      if (this.opening === opening) this.opening = null;
    }
  }

  private async adopt(analysis: Analysis, params: OpenParams, id: string): Promise<Overview> {
    const { cacheDir } = params;
    const viewer = params.viewer ?? NOBODY;
    this.desk.adopt(analysis.annotated.store);
    await this.desk.see(viewer, null);
    analysis.annotated.seenBy(viewer);
    const settings = this.images?.since === this.opening ? this.images.settings : params.images;
    const before = this.opened;
    const state = stateOf(analysis, params);
    // What is being repaired is never taken for what repairs it.
    if (before !== null && before.anew === null && before.state === state && before.overview !== null) {
      // Nothing changed: lists that are open go on. Images may have come or gone all the same.
      analysis.close();
      before.params = { ...params, images: settings };
      before.pictures.configure(settings);
      return before.overview;
    }
    const files = filesOf(analysis);
    const pictures = this.picturesOf(cacheDir, settings, files);
    const embeds = files.some(holdsImages);
    const folders = await foldersOf(params.paths);
    const opened: Opened = {
      // A repair that finds other files than before is news.
      id: before !== null && before.id === id && before.state !== state ? randomUUID() : id,
      params: { ...params, images: settings, ahead: null },
      ...{ analysis, browsing: analysis.browse(), pictures, folders, embeds, state, overview: null },
      ...{
        busy: 0,
        asked: 0,
        lastAsked: performance.now(),
        counted: false,
        ahead: null,
        end: new AbortController(),
        anew: null,
      },
    };
    this.opened = opened;
    if (before !== null) end(before);
    const { ahead: query } = params;
    if (query !== undefined && query !== null) {
      const answer = using(opened, () => listFirst(opened, query));
      opened.ahead = { query, answer };
      // Whoever asks for it hears why.
      answer.catch(() => undefined);
    }
    const isSameLens = before !== null && isDeepStrictEqual(before.analysis.lens, analysis.lens);
    const first = await firstOverview(analysis, opened.id, (isSameLens ? before.overview?.runs : null) ?? []);
    opened.overview = first;
    void this.complete(opened);
    return first;
  }

  /** Those of before where they can be: what they know of large files takes long to learn. */
  private picturesOf(cacheDir: string, settings: ImageSettings, files: readonly string[]): Pictures {
    const before = this.pictures;
    if (before?.cacheDir === cacheDir) {
      before.pictures.configure(settings, files);
      return before.pictures;
    }
    void before?.pictures.close();
    const pictures = new Pictures({ cacheDir, settings, files });
    this.pictures = { cacheDir, pictures };
    return pictures;
  }

  /** Counts what takes time, and makes ready what makes questions fast: always when nobody waits for something shorter. */
  private async complete(opened: Opened): Promise<void> {
    try {
      await calm(opened, () => opened.counted);
      if (opened.end.signal.aborted) return;
      await using(opened, ({ browsing }) => browsing.warm(opened.end.signal));
      const overview = await using(opened, ({ analysis, id }) => fullOverview(analysis, id));
      opened.overview = overview;
      if (this.opened === opened) this.emit('overview', overview);
      await using(opened, ({ analysis }) => analysis.annotate());
      opened.browsing.annotationsChanged();
      if (this.opened === opened) this.emit('annotated', { rows: null });
      void this.heedAnnotations(opened);
      await calm(opened);
      if (opened.end.signal.aborted) return;
      await using(opened, ({ browsing }) => browsing.hold(opened.end.signal));
      const isCalm = (): boolean => opened.asked === 0;
      await using(opened, () => checkImages(this.annotatable(opened), isCalm, opened.end.signal));
    } catch (error) {
      if (this.opened !== opened) return;
      // What is opened anew completes itself.
      const failed = isDamaged(error) ? await this.anew(opened).then(() => null, told) : told(error);
      if (failed !== null)
        this.emit('failed', { message: failed instanceof Error ? failed.message : 'Counting failed.' });
    }
  }

  private heedAnnotations(opened: Opened): Promise<void> {
    const look = (work: (open: Annotatable) => Promise<void>): Promise<unknown> =>
      using(opened, () => work(this.annotatable(opened))).catch((error: unknown) => {
        if (!isDamaged(error)) throw error;
        // What is opened anew looks at the files itself.
        return this.anew(opened);
      });
    return this.desk.heed(look, opened.end.signal);
  }

  private setImages(settings: ImageSettings): Promise<null> {
    this.images = { settings, since: this.opening };
    if (this.opened !== null) this.opened.params = { ...this.opened.params, images: settings };
    this.opened?.pictures.configure(settings);
    return Promise.resolve(null);
  }

  /** Answers from what is open. Where its index was deleted or damaged meanwhile, it is opened anew, once. */
  private async use<T>(ask: (opened: Opened) => Promise<T>): Promise<T> {
    if (this.opened === null) throw new FlipsideError(NOTHING_OPEN);
    const { opened } = this;
    try {
      return await this.answer(opened, ask);
    } catch (error) {
      if (!isDamaged(error)) throw told(error);
      const anew = await this.anew(opened);
      return await this.answer(anew, ask).catch((again: unknown) => {
        throw told(again);
      });
    }
  }

  /** Somebody waits for it: what takes long begins later. */
  private async answer<T>(opened: Opened, ask: (opened: Opened) => Promise<T>): Promise<T> {
    opened.asked += 1;
    try {
      return await using(opened, ask);
    } finally {
      opened.asked -= 1;
      opened.lastAsked = performance.now();
    }
  }

  /** What is open in place of what lost its index. Several questions that meet the loss wait for one opening. */
  private anew(lost: Opened): Promise<Opened> {
    lost.anew ??= this.replace(lost).finally(() => (lost.anew = null));
    return lost.anew;
  }

  private async replace(lost: Opened): Promise<Opened> {
    // What somebody is opening already is not stopped for this.
    await this.underWay?.catch(() => undefined);
    if (this.opened === lost) await this.open(lost.params, new AbortController().signal, lost.id);
    return this.opened ?? lost;
  }
}

function isDamaged(error: unknown): boolean {
  return error instanceof DamagedShards;
}

/** An error as it is told: in words for somebody who has no command line, and never in those of the database. */
function told(error: unknown): unknown {
  if (error instanceof FlipsideError && error.options.inEditor !== undefined) {
    return new FlipsideError(error.options.inEditor, error.options);
  }
  if (!isQueryFailure(error)) return error;
  // Goes to the log.
  process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  return new FlipsideError('The index could not answer this; the log says why. Refresh, and report it if it stays so.');
}
