import path from 'node:path';
import type { JudgedAnswer, Relabel } from './annotationModel.js';
import { AnnotationStore } from './annotations/annotationStore.js';
import { answerRule } from './answers/index.js';
import { answerAgreement } from './analysis/agreement/answer.js';
import type { AnalysisOptions } from './analysis/analysisOptions.js';
import { Annotated } from './analysis/annotated.js';
import { Browsing } from './analysis/browsing.js';
import { makeCharts } from './analysis/charts/index.js';
import type { CompareOptions } from './analysis/compare.js';
import { Comparisons } from './analysis/comparisons.js';
import type { Said } from './analysis/relabels.js';
import type { ItemDetail } from './analysis/explain.js';
import { drawSample, type SampleRequest } from './analysis/drawSample.js';
import type { ReaderName } from './formats/all.js';
import { exportRows, type ExportFormat, type ExportResult } from './analysis/exportRows.js';
import type { AppliedPatch } from './analysis/applyPatch.js';
import { correctedRuns, type CorrectedSummary, type Correction } from './analysis/corrected.js';
import { findShare, type ShareSearch } from './analysis/findShare.js';
import { FILE_FIELD } from './analysis/itemFolders.js';
import { indexPaths, type DatasetInfo, type Indexed } from './analysis/indexer.js';
import { refuseOfErrors, requireFields, requireKnownNames } from './analysis/knownNames.js';
import { refuseSource } from './analysis/refuseSource.js';
import { didYouMean } from './analysis/nearest.js';
import { openDatabase } from './analysis/openDatabase.js';
import { writeReport, type ReportRequest, type ReportResult } from './analysis/report/index.js';
import type { PatchItem } from './analysis/patchFile.js';
import { relabellingOf, type Relabelling } from './analysis/relabelling.js';
import { writePatch } from './analysis/writePatch.js';
import { listRuns, shardsOf, type RunInfo, type RunShard } from './analysis/runs.js';
import { runNamed } from './analysis/runNames.js';
import { writeSample } from './analysis/sampleFile.js';
import { staleAmong, type StaleShard } from './analysis/staleShards.js';
import { summariseRuns } from './analysis/summary.js';
import { summaryFrame } from './analysis/summaryFrame.js';
import type { Summary } from './analysis/summaryTypes.js';
import { userLenses } from './analysis/userLenses.js';
import type { AgreementAnswer, Sample } from './agreementModel.js';
import type { ChartsAnswer, ChartsRequest } from './chartModel.js';
import type { Comparison } from './compareModel.js';
import { FlipsideError, type ItemRecord, type Query, type RowKey } from './model.js';
import { classNames, type Lens } from './relations/lens.js';
import { LENSES, lensNamed } from './relations/lenses/index.js';
import { defaultCacheDir } from './store/cache.js';
import { ChartCells } from './store/chartCells.js';
import { DamagedShards } from './store/damaged.js';
import { StartedDatabase, type Database } from './store/database.js';
import { requirePossible } from './store/filterChecks.js';
import { ANNOTATION_FIELDS, FIELDS, fieldsOf, type Filter } from './store/filters.js';
import { metadataFields } from './store/metadata.js';
import { sameContent } from './store/joinQueries.js';
import { listRows, pageOf, type Page, type PageRequest } from './store/pageQueries.js';
import { ShardStore } from './store/shards.js';

export type { Said } from './analysis/relabels.js';
export { explainItem, type ItemDetail } from './analysis/explain.js';
export { defaultCacheDir } from './store/cache.js';
export { DamagedShards } from './store/damaged.js';
export { isQueryFailure } from './store/database.js';
export type { AgreementAnswer, AgreementReport, Sample, SampleEstimates } from './agreementModel.js';
export type { Comparison, TaskComparison, Treatment } from './compareModel.js';
export type { AnalysisOptions } from './analysis/analysisOptions.js';
export type { JudgedAnswers } from './analysis/agreement/answer.js';
export { candidatesOf, outcomeOf, type ImagesOfRow } from './analysis/browsing.js';
export type {
  OpenPictures,
  PictureOf,
  PicturePlaces,
  ReportPicture,
  ReportRequest,
  ReportResult,
} from './analysis/report/index.js';
export type { PatchItem } from './analysis/patchFile.js';
export type { ListedRelabel, RelabelCounts, Relabelling } from './analysis/relabelling.js';
export { lineOfRow } from './analysis/sourceLine.js';
export { SourceLines } from './analysis/sourceLines.js';
export type { AppliedPatch } from './analysis/applyPatch.js';
export type { CorrectedSummary, Correction, NotCorrected } from './analysis/corrected.js';
export type { ShareSearch } from './analysis/findShare.js';
export type { RunInfo } from './analysis/runs.js';
export type { StaleShard } from './analysis/staleShards.js';
export type { ClassSummary, GroupSummary, RunSummary, Summary } from './analysis/summaryTypes.js';
export type { Filter, Sort } from './store/filters.js';
export type { ItemRecord, Page, PageRequest } from './store/pageQueries.js';
export { mappingHead, statedMapping, type MappingHead, type StatedMapping } from './analysis/mappingHead.js';
export { inferMapping } from './analysis/mappingOf.js';
export { homesOf } from './analysis/userMappings.js';
export { readHead, readingNamed, type ReadHead } from './analysis/mappingPreview.js';
export { gradedWarnings } from './analysis/warnings.js';

/** A list as it is shown, and which of its rows are meant; null: all. */
export interface ListedRows {
  readonly browsing: Browsing;
  readonly query: Query;
  readonly names: readonly RowKey[] | null;
}

/**
 * The façade over the core: opens a set of paths (reading what is new, classifying, storing) and answers questions about
 * them. Close it when done.
 */
export class Analysis {
  private readonly comparisons: Comparisons;
  private readonly cells: ChartCells;
  /** What people say of what is open. */
  readonly annotated: Annotated;
  /** Under which everything is counted; null for what the data state. */
  readonly patch: AppliedPatch | null;
  private said: Promise<void> | null = null;

  private constructor(
    private readonly db: Database,
    readonly runs: readonly RunInfo[],
    private readonly indexed: Indexed,
    private readonly leftovers: readonly { file: string; reason: string }[],
    readonly lens: Lens,
    private readonly ownLenses: readonly Lens[],
    private readonly how: { readonly answers: string; readonly reader: ReaderName },
    private readonly store: ShardStore,
    beside: Beside,
  ) {
    const { patch, annotations } = beside;
    this.patch = patch;
    this.annotated = new Annotated(db, runs, annotations ?? new AnnotationStore([...new Set(indexed.homes)]));
    this.comparisons = new Comparisons(db, runs);
    this.cells = new ChartCells(db);
  }

  /** Indexes the paths and opens the result. Throws a FlipsideError for a path, lens or rule that does not exist. */
  static async open(paths: readonly string[], options: AnalysisOptions = {}): Promise<Analysis> {
    // DuckDB gives the names of files in a relative folder otherwise than they were given to it.
    const cacheDir = path.resolve(options.cacheDir ?? defaultCacheDir());
    const rule = answerRule(options.answers ?? 'default');
    const reader = options.reader ?? 'own';
    const store = new ShardStore(options.shardDir ?? path.join(cacheDir, 'shards'));
    const homes = options.homes ?? [process.cwd()];
    const openIn = async (starting: StartedDatabase): Promise<Analysis> => {
      const indexed = await indexPaths(paths, store, {
        cacheDir,
        homes,
        rule,
        ruleForced: options.answers !== undefined && options.answers !== 'default',
        reader,
        gold: options.gold ?? [],
        shard: options.shard,
        isOwnFolder: options.shardDir !== undefined,
        signal: options.signal,
        progress: options.progress,
      });
      const ownLenses = await userLenses(indexed.homes);
      const lens = lensNamed(options.lens ?? 'axes', ownLenses);
      const { runs, leftovers } = listRuns(indexed, (key) => store.parquet(key));
      const { db, patch } = await openDatabase({ runs, lens }, starting, store.folder, options.patch);
      const how = { answers: rule.id, reader };
      const beside = { patch, annotations: options.annotations ?? null };
      return new Analysis(db, runs, indexed, leftovers, lens, ownLenses, how, store, beside);
    };
    // The database starts while files are looked for.
    const open = (): Promise<Analysis> => {
      const starting = new StartedDatabase();
      return openIn(starting).catch((error: unknown) => {
        starting.close();
        throw error;
      });
    };
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof DamagedShards)) throw error;
      options.progress?.('part of the index is damaged and is made anew');
      return open();
    }
  }

  close(): void {
    this.db.close();
  }

  /**
   * The shards behind the runs, one per source file, with the dropped records: `dropped` counts all of them, `droppedRows`
   * locates the first thousand.
   */
  shards(): RunShard[] {
    return shardsOf(this.runs);
  }

  /** Shards in the folder that files under the paths no longer lead to: the file is gone, changed, or read in another way. */
  async staleShards(): Promise<StaleShard[]> {
    const { root, current } = this.indexed;
    const others = await this.store.manifests(new Set([...current.values()].map(({ key }) => key)));
    return staleAmong(others, root, this.how, current, (key) => this.store.parquet(key));
  }

  /** The summary of every run, with datasets and skipped files. `by` adds accuracies per value of a field. */
  async summary(by: string | null = null): Promise<Summary> {
    if (by !== null) await this.requireFields([by]);
    refuseOfErrors(by);
    const { datasets, skipped, ...about } = this.frame();
    const runs = await this.aside((db) =>
      this.aside((beside) => summariseRuns(db, this.lens, this.runs, { by, beside })),
    );
    return { ...about, runs, datasets, skipped };
  }

  /** The summary as the data state the right answers, and with corrected ones: what of them could not be made is told. `by` as in `summary`. */
  async corrected(corrections: readonly Correction[], by: string | null = null): Promise<CorrectedSummary> {
    const without = await this.summary(by);
    const { runs, ...found } = await this.aside((db) =>
      this.aside((beside) => correctedRuns([db, beside], this, corrections, by)),
    );
    return { without, with: { ...without, runs }, ...found };
  }

  /** All relabels, the numbers without and with the accepted ones (`pending`: and those not reviewed yet), and the patch that these make. */
  async relabelling(pending: boolean): Promise<Relabelling> {
    const { db, runs } = this;
    return relabellingOf(await this.relabels(), { db, runs, pending, correct: (all) => this.corrected(all) });
  }

  /** Writes a patch, aside and renamed. Throws a usage error for a file that was read, and for one of annotations. */
  async writePatch(items: readonly PatchItem[], out: string): Promise<void> {
    await refuseSource(out, this.indexed);
    await writePatch(items, path.resolve(out));
  }

  /** What a summary holds beside the runs. */
  private frame(): Omit<Summary, 'runs'> {
    return summaryFrame(this.lens, this.how, this.indexed, this.leftovers);
  }

  /** Writes the report on what is open: one HTML file that says what `summary` and `compare` count, with examples. */
  async report(request: ReportRequest, out: string): Promise<ReportResult> {
    await refuseSource(out, this.indexed);
    await this.requireFilter(request.filter);
    const source = { lens: this.lens, runs: this.runs, indexed: this.indexed, frame: this.frame(), patch: this.patch };
    return this.aside((db) => writeReport(db, source, request, path.resolve(out)));
  }

  /** Makes charts of what is open. Throws a FlipsideError for conditions that cannot be meant, or that choose answers. */
  async charts(request: ChartsRequest, signal: AbortSignal | null = null): Promise<ChartsAnswer> {
    const cells = (await this.cells.ready()) ? this.cells : null;
    signal?.throwIfAborted();
    await this.requireFilter(request.filter, [], cells === null ? {} : { task: await cells.tasks() });
    if (request.kinds === null || request.kinds.includes('labels')) await this.annotate();
    const { lens, runs } = this;
    return this.aside((db) => makeCharts(db, { lens, runs, cells }, request), signal);
  }

  /** Puts what people say to the rows, once; whoever keeps the annotations renews it. */
  async annotate(): Promise<void> {
    this.said ??= this.annotated.store.refresh().then(() => this.annotated.renew());
    await this.said;
  }

  /** What is said of each answer that anybody judged, with the class that the lens gives it. */
  async judged(): Promise<Said & { readonly judged: readonly JudgedAnswer[]; readonly stale: number }> {
    await this.annotate();
    const judged = await this.annotated.answers();
    const stale = await this.annotated.stale();
    return { judged, stale, scheme: this.annotated.scheme, problems: this.annotated.problems };
  }

  /** Right answers that annotators hold to be wrong. */
  async relabels(): Promise<Said & { readonly relabels: readonly Relabel[] }> {
    await this.annotate();
    const relabels = await this.annotated.relabels();
    return { relabels, scheme: this.annotated.scheme, problems: this.annotated.problems };
  }

  /** Works in a connection of its own, so that short questions are answered while a long one is counted. */
  private async aside<T>(work: (db: Database) => Promise<T>, signal: AbortSignal | null = null): Promise<T> {
    const db = await this.db.another(signal);
    try {
      return await work(db);
    } finally {
      db.close();
    }
  }

  /** Throws a usage error for a class that the lens does not have. */
  requireClasses(names: readonly string[]): void {
    const known = classNames(this.lens);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new FlipsideError(
      `The lens ${this.lens.name} has no class "${unknown}".${didYouMean(unknown, known)} It has: ${known.join(', ')}.`,
      { exitCode: 2 },
    );
  }

  /** Throws a usage error for a filter that cannot be meant: an unknown field or name, a value that the field never holds. */
  private async requireFilter(
    filter: Filter | null,
    more: readonly string[] = [],
    known: { readonly task?: readonly string[] } = {},
  ): Promise<void> {
    const fields = [...fieldsOf(filter), ...more];
    if (fields.some((field) => ANNOTATION_FIELDS.has(field))) await this.annotate();
    await this.requireFields(fields);
    requirePossible(filter);
    const runs = this.runs.map((run) => run.id);
    await requireKnownNames(this.db, filter, { class: classNames(this.lens), run: runs, ...known });
    await this.comparisons.prepare(filter);
  }

  /** The id of the run that a name means: its id, or any unique end of an id or alias. Throws a usage error otherwise. */
  runId(name: string): string {
    return this.runs[runNamed(name, this.runs)]?.id ?? name;
  }

  /** The id of the only run. Throws a usage error where there are several. */
  onlyRun(): string {
    const [first] = this.runs;
    if (first !== undefined && this.runs.length === 1) return first.id;
    const ids = this.runs.map((run) => `  ${run.id}`).join('\n');
    throw new FlipsideError(`--run is missing: which run?\n${ids}`, { exitCode: 2 });
  }

  /** Writes the rows that a filter keeps to a file, aside and renamed, with the lens's name and version in every row. */
  async export(to: ExportFormat, out: string, filter: Filter | null): Promise<ExportResult> {
    await this.requireFilter(filter);
    await refuseSource(out, this.indexed);
    await this.annotate();
    return this.aside(async (db) => this.write(db, await listRows(db, filter), to, out));
  }

  /**
   * The same for the rows of a list as it is shown, in its order: all of them, or the given ones. `written` hears how many of
   * how many there are. Once `signal` aborts it throws that one's reason, and what stood in the file before is left.
   */
  async exportList(
    list: ListedRows,
    to: ExportFormat,
    out: string,
    written: (rows: number, of: number) => void,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    await refuseSource(out, this.indexed);
    await this.annotate();
    return list.browsing.listed(list.query, list.names, signal, async (db, table) => {
      const [found] = await db.all(`SELECT count(*) AS "rows" FROM "${table}"`);
      const of = Number(found?.['rows']);
      written(0, of);
      return this.write(db, table, to, out, (rows) => written(rows, of));
    });
  }

  private write(
    db: Database,
    list: string,
    to: ExportFormat,
    out: string,
    written?: (rows: number) => void,
  ): Promise<ExportResult> {
    const fileOf = (run: number): string => this.runs[run]?.file ?? '';
    return exportRows(db, { to, out: path.resolve(out), list, lens: this.lens, fileOf, ...(written && { written }) });
  }

  /** Draws rows at random, by the values of a field where one is named, and writes which they are to a file. */
  async sample(request: SampleRequest, out: string): Promise<Sample> {
    await this.requireFilter(request.filter, request.field === null ? [] : [request.field]);
    await refuseSource(out, this.indexed);
    const sample = await this.aside((db) => drawSample(db, this.lens, request));
    await writeSample(path.resolve(out), sample);
    return sample;
  }

  /** How far annotators agree on answers, and rates among all rows from the sample in a file, if one is named. */
  async agreement(sampleFile: string | null): Promise<AgreementAnswer> {
    return answerAgreement(this.db, this, await this.judged(), sampleFile);
  }

  /** One page of the rows that a filter keeps. */
  async page(request: PageRequest): Promise<Page> {
    const sorted = (request.sort ?? []).map((each) => each.field);
    await this.requireFilter(request.filter ?? null, [...sorted, ...(request.fields ?? []).filter(isAnnotation)]);
    const page = await pageOf(this.db, request, (run) => this.runs[run]?.file ?? '');
    return { ...page, records: page.records.map((each) => ({ ...each, record: this.withOwnFile(each.record) })) };
  }

  /** An item of a folder of them stands in the file that it is named by. */
  private withOwnFile(record: ItemRecord): ItemRecord {
    const name = record.meta[FILE_FIELD];
    const isMember = typeof name === 'string' && this.runs.find((run) => run.id === record.run)?.isFolder === true;
    return isMember ? { ...record, file: path.join(record.file, name) } : record;
  }

  /** Lists of rows by position and counts of values, for pages that ask again and again. */
  browse(): Browsing {
    return new Browsing(this.db, this.runs, this.indexed.folders, this.comparisons);
  }

  /** What was found under the paths: their common root, definitions, and files that were not read. Paths are absolute. */
  found(): { root: string; datasets: readonly DatasetInfo[]; skipped: readonly { file: string; reason: string }[] } {
    return {
      root: this.indexed.root,
      datasets: this.indexed.datasets,
      skipped: [...this.indexed.skipped, ...this.leftovers],
    };
  }

  /** The names of all lenses that can be chosen here. */
  lensNames(): string[] {
    return [...new Set([...LENSES.map((lens) => lens.name), ...this.ownLenses.map((lens) => lens.name)])];
  }

  /** The fields by which rows can be filtered: columns, then metadata that at least one row states. */
  async fields(): Promise<{ name: string; type: string; metadata: boolean }[]> {
    const own = [...FIELDS].map(([name, type]) => ({ name, type, metadata: false }));
    const metadata = (await metadataFields(this.db)).filter((name) => !FIELDS.has(name));
    return [...own, ...metadata.map((name) => ({ name, type: 'text', metadata: true }))];
  }

  /** Throws a usage error for a field that is neither a column nor in any row's metadata. */
  private requireFields(names: readonly string[]): Promise<void> {
    const files = this.indexed.files.map(({ entry }) => ({ columns: entry.detected?.columns }));
    return requireFields(this.db, names, files);
  }

  /** Everything about one item. Throws a usage error where the run has none of that id. */
  async item(run: string, item: string): Promise<ItemDetail | null> {
    return this.detail(runNamed(run, this.runs), { field: 'item', op: 'eq', value: item });
  }

  /** Everything about the item in a row of a run's file; null where there is none. */
  async itemAt(run: string, row: number): Promise<ItemDetail | null> {
    const index = this.runs.findIndex((each) => each.id === run);
    return index < 0 ? null : this.detail(index, { field: 'row', op: 'eq', value: row });
  }

  /** The row of an item in a run, both by id; null where the run is not there or has no such item. */
  async rowOf(run: string, item: string): Promise<number | null> {
    if (!this.runs.some(({ id }) => id === run)) return null;
    const conditions: Filter[] = [
      { field: 'run', op: 'eq', value: run },
      { field: 'item', op: 'eq', value: item },
    ];
    const found = await this.page({ filter: { and: conditions }, limit: 1, offset: 0 });
    return found.records[0]?.record.row ?? null;
  }

  private async detail(index: number, which: Filter): Promise<ItemDetail | null> {
    const filter: Filter = { and: [{ field: 'run', op: 'eq', value: this.runs[index]?.id ?? '' }, which] };
    const found = (await this.page({ filter, limit: 1, offset: 0 })).records[0];
    if (found === undefined) return null;
    const others = await sameContent(this.db, index, found.record.row);
    const otherRuns: ItemDetail['otherRuns'][number][] = [];
    for (const other of others) {
      const conditions: Filter[] = [
        { field: 'run', op: 'eq', value: this.runs[other.runIndex]?.id ?? '' },
        { field: 'row', op: 'eq', value: other.row },
      ];
      const page = await this.page({ filter: { and: conditions }, limit: 1, offset: 0 });
      otherRuns.push(...page.records.map((each) => each.record));
    }
    return { item: found, lens: { name: this.lens.name, version: this.lens.version }, otherRuns };
  }

  /** Compares runs with a base over the rows they share, each run once. Names are ids or unique suffixes. */
  async compare(
    base: string,
    treatments: readonly string[],
    options: CompareOptions,
    signal: AbortSignal | null = null,
  ): Promise<Comparison> {
    const [at, ...others] = [base, ...treatments].map((name) => runNamed(name, this.runs));
    return {
      base: this.runs[at ?? 0]?.id ?? base,
      lens: this.lens.name,
      lensVersion: this.lens.version,
      // A run that is named twice is one test, not two.
      treatments: await this.comparisons.compare(at ?? 0, [...new Set(others)], options, signal),
    };
  }

  /** Which lens and denominator come nearest to a published share of a class. */
  async findShare(share: number, className: string, run: string | null = null): Promise<ShareSearch> {
    const only = run === null ? null : runNamed(run, this.runs);
    const found = await findShare(this.db, this.runs, share, className, this.ownLenses, only);
    await this.db.setLens(this.lens);
    return found;
  }
}

function isAnnotation(field: string): boolean {
  return ANNOTATION_FIELDS.has(field);
}

/** What is known of the rows besides the files that state them. */
interface Beside {
  readonly patch: AppliedPatch | null;
  readonly annotations: AnnotationStore | null;
}
