import type { OpenStory, PageName } from './gallery.js';

type Size = readonly [width: number, height: number];

/** One state of a page, to be looked at in every theme. */
export interface Photo {
  readonly page: PageName;
  readonly story: string;
  /** What the picture is called, where one story has several. */
  readonly name?: string;
  readonly sizes: readonly Size[];
  /** In forced colours too. */
  readonly forced?: true;
  /** What is there once the page stands. */
  readonly ready: string;
  /** Brings the page into the state. */
  readonly act?: (story: OpenStory) => Promise<unknown>;
}

const SIDE: Size = [300, 800];
const WIDE: Size = [600, 800];
const LOW: Size = [300, 330];
const LOW_WIDE: Size = [600, 330];
const PANEL: Size = [700, 900];
const NARROW: Size = [300, 900];
const DESK: Size = [1100, 800];
const CHARTS: readonly Size[] = [
  [600, 1600],
  [1800, 1400],
];

const ROWS = '.question';
const CARD = '.card';

const emit = (name: string, payload: unknown) => (story: OpenStory) =>
  story.page.evaluate(`storyEmit(${JSON.stringify(name)}, ${JSON.stringify(payload)})`);

/** What is not near is not there yet: scrolls until all charts are, and back. */
async function toTheEnd({ page }: OpenStory): Promise<void> {
  for (let left = 60; left > 0 && (await page.locator('.end.more').count()) > 0; left--) {
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    await page.waitForTimeout(50);
  }
  await page.evaluate('window.scrollTo(0, 0)');
}

async function selectFour({ page }: OpenStory): Promise<void> {
  await page.locator('#row-1').click();
  await page.locator('#row-4').click({ modifiers: ['Shift'] });
}

async function openFilters({ page }: OpenStory): Promise<void> {
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.locator('.section-head', { hasText: 'run' }).first().click();
  await page.locator('.section-head', { hasText: 'drift' }).first().click();
  await page.getByRole('checkbox', { name: /Qwen/ }).click();
  await page.getByRole('button', { name: /^horizontal / }).click();
}

async function paste(story: OpenStory): Promise<void> {
  await emit('do', { what: 'pasteIds' })(story);
  await story.page.locator('dialog[open]').waitFor();
  await story.page.keyboard.insertText('item-1, item-2\titem-1\nnope x');
}

async function pasted(story: OpenStory): Promise<void> {
  await paste(story);
  await story.frame();
  await story.page.getByText('Show items', { exact: true }).click();
  await story.page.locator('.notice').waitFor();
}

async function searchNothing({ page }: OpenStory): Promise<void> {
  await page.locator('vscode-text-field').click();
  await page.keyboard.type('nothing');
  await page.locator(CARD).waitFor();
}

/** As a keyboard does: what is focused by script alone shows no ring. */
const focus =
  (selector: string) =>
  async ({ page }: OpenStory): Promise<void> => {
    await page.keyboard.press('Tab');
    await page.locator(selector).focus();
  };

async function zoom({ page }: OpenStory): Promise<void> {
  for (let press = 0; press < 4; press++) await page.getByRole('button', { name: 'Zoom in' }).click();
}

const ERRORS: readonly Omit<Photo, 'page'>[] = [
  { story: 'usual', sizes: [SIDE, WIDE, LOW, LOW_WIDE], ready: ROWS },
  { story: 'usual', name: 'current', sizes: [SIDE], ready: ROWS, act: ({ page }) => page.locator('#row-3').click() },
  { story: 'usual', name: 'selected', sizes: [SIDE, WIDE], ready: ROWS, forced: true, act: selectFour },
  { story: 'usual', name: 'filters', sizes: [SIDE, WIDE], ready: ROWS, act: openFilters },
  { story: 'usual', name: 'paste', sizes: [SIDE], ready: ROWS, act: paste },
  { story: 'usual', name: 'pasted', sizes: [SIDE], ready: ROWS, act: pasted },
  { story: 'usual', name: 'unmatched', sizes: [SIDE], ready: ROWS, act: searchNothing },
  { story: 'usual', name: 'focus', sizes: [SIDE], ready: ROWS, act: focus('.toggle-chip >> nth=1') },
  { story: 'many', sizes: [SIDE, WIDE, LOW], ready: ROWS },
  { story: 'one', sizes: [SIDE], ready: ROWS },
  { story: 'none', sizes: [SIDE], ready: CARD },
  { story: 'odd', sizes: [SIDE, WIDE], ready: ROWS },
  { story: 'longNames', sizes: [SIDE, WIDE], ready: ROWS, act: openFilters },
  { story: 'grouped', sizes: [SIDE, WIDE], ready: ROWS },
  { story: 'noImages', sizes: [SIDE], ready: ROWS },
  { story: 'brokenThumbnails', sizes: [SIDE], ready: ROWS },
  { story: 'waiting', sizes: [SIDE], ready: '.bar' },
  { story: 'indexing', sizes: [SIDE], ready: '.indexing' },
  { story: 'noFolder', sizes: [SIDE], ready: CARD },
  { story: 'restricted', sizes: [SIDE], ready: CARD },
  { story: 'nothingFound', sizes: [SIDE], ready: CARD },
  { story: 'failed', sizes: [SIDE], ready: CARD },
  { story: 'refused', sizes: [SIDE], ready: CARD },
];

const PICTURE = '.whole img';

const THREE: readonly Size[] = [
  [360, 900],
  [700, 900],
  [1300, 900],
];

/** Scrolled to where people say what they think of the item. */
const annotating =
  (then?: Photo['act']) =>
  async (story: OpenStory): Promise<void> => {
    await then?.(story);
    await story.page.evaluate(`document.querySelector('.annotation').scrollIntoView({ block: 'end' })`);
  };

async function decide({ page }: OpenStory): Promise<void> {
  await page.getByRole('button', { name: 'I decide between them' }).click();
  await page.locator('.deciding').waitFor();
}

async function drawByKeys(story: OpenStory): Promise<void> {
  await emit('do', { what: 'drawBox' })(story);
  await story.page.locator('.draw-surface').waitFor();
  for (const key of ['Enter', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowUp'])
    await story.page.keyboard.press(key);
}

async function press(story: OpenStory): Promise<void> {
  await story.page.keyboard.press('h');
  await story.page.locator('.label-button .badge').waitFor();
}

const ANNOTATING: readonly Omit<Photo, 'page'>[] = [
  { story: 'unlabelled', sizes: THREE, ready: PICTURE },
  { story: 'labelled', sizes: THREE, ready: PICTURE, forced: true, act: annotating() },
  { story: 'labelled', name: 'drawing', sizes: THREE, ready: PICTURE, forced: true, act: drawByKeys },
  { story: 'unlabelled', name: 'saved', sizes: THREE, ready: PICTURE, act: annotating(press) },
  { story: 'disputed', sizes: THREE, ready: PICTURE, act: annotating() },
  { story: 'disputed', name: 'deciding', sizes: THREE, ready: PICTURE, forced: true, act: annotating(decide) },
  { story: 'decided', sizes: THREE, ready: PICTURE, act: annotating() },
  { story: 'blind', sizes: THREE, ready: PICTURE, act: annotating() },
  { story: 'stale', sizes: THREE, ready: PICTURE, act: annotating() },
  { story: 'unsaved', sizes: THREE, ready: PICTURE, act: annotating(press) },
  { story: 'unnamed', sizes: THREE, ready: PICTURE, act: annotating() },
  { story: 'oldLabel', sizes: THREE, ready: PICTURE, act: annotating() },
  { story: 'noLabels', sizes: THREE, ready: PICTURE, act: annotating() },
];

const INSPECTOR: readonly Omit<Photo, 'page'>[] = [
  { story: 'flip', sizes: [NARROW, PANEL, DESK, [700, 420]], ready: PICTURE },
  { story: 'boxes', sizes: [NARROW, PANEL], ready: PICTURE, forced: true },
  { story: 'reruns', sizes: [NARROW, PANEL, DESK], ready: 'canvas.map', forced: true },
  {
    story: 'reruns',
    name: 'pair',
    sizes: [NARROW, DESK],
    ready: 'canvas.map',
    act: emit('do', { what: 'compareMaps' }),
  },
  { story: 'reruns', name: 'form', sizes: [NARROW, DESK], ready: 'canvas.map', act: emit('do', { what: 'editRerun' }) },
  { story: 'personFrame', sizes: [NARROW, PANEL, DESK], ready: PICTURE, forced: true },
  { story: 'imagined', sizes: [PANEL], ready: PICTURE },
  { story: 'depth', sizes: [PANEL], ready: PICTURE },
  { story: 'vertical', sizes: [NARROW], ready: PICTURE },
  { story: 'right', sizes: [PANEL], ready: PICTURE },
  { story: 'unanswered', sizes: [PANEL], ready: PICTURE },
  { story: 'noGold', sizes: [PANEL], ready: PICTURE },
  { story: 'yesNo', sizes: [PANEL], ready: PICTURE },
  { story: 'frames', sizes: [NARROW, PANEL, DESK], ready: PICTURE },
  { story: 'huge', name: 'zoomed', sizes: [PANEL], ready: PICTURE, act: zoom },
  { story: 'tiny', sizes: [PANEL], ready: PICTURE },
  { story: 'missing', sizes: [NARROW, PANEL], ready: '.missing' },
  { story: 'corrupt', sizes: [PANEL], ready: '.missing' },
  { story: 'tooLarge', sizes: [PANEL], ready: '.missing' },
  { story: 'remote', sizes: [PANEL], ready: '.missing' },
  { story: 'failing', sizes: [PANEL], ready: '.missing' },
  { story: 'ambiguous', sizes: [NARROW, PANEL], ready: '.missing' },
  { story: 'noImage', sizes: [PANEL, DESK], ready: '.without' },
  { story: 'longTexts', sizes: [NARROW, PANEL, DESK], ready: PICTURE },
  { story: 'longNames', sizes: [NARROW, PANEL], ready: PICTURE },
  { story: 'rtl', sizes: [PANEL], ready: PICTURE },
  { story: 'emoji', sizes: [PANEL], ready: PICTURE },
  { story: 'markup', sizes: [PANEL], ready: PICTURE },
  {
    story: 'manyRuns',
    name: 'scrolled',
    sizes: [NARROW, PANEL],
    ready: PICTURE,
    act: ({ page }) => page.evaluate('window.scrollTo(0, 500)'),
  },
  {
    story: 'oddMeta',
    name: 'metadata',
    sizes: [NARROW, PANEL],
    ready: PICTURE,
    act: ({ page }) => page.evaluate('window.scrollTo(0, 1e6)'),
  },
  {
    story: 'personFrame',
    name: 'tip',
    sizes: [NARROW, PANEL],
    ready: PICTURE,
    act: ({ page }) => page.getByRole('button', { name: /^frame swap/ }).focus(),
  },
  { story: 'unstated', sizes: [NARROW, PANEL], ready: PICTURE },
  { story: 'flip', name: 'reason', sizes: [NARROW], ready: PICTURE, act: focus('.layer >> nth=2') },
  { story: 'frames', name: 'strip', sizes: [PANEL], ready: PICTURE, act: focus('.strip ul') },
  { story: 'flip', name: 'otherRun', sizes: [DESK], ready: PICTURE, act: focus('.others tbody tr >> nth=1') },
  ...ANNOTATING,
  { story: 'slow', sizes: [PANEL], ready: '.waiting' },
  { story: 'noItem', sizes: [NARROW, PANEL], ready: '.empty' },
];

const NARROWEST: Size = [600, 900];
const BROAD: Size = [1300, 900];
const WIDEST: Size = [1800, 1000];
const READ = '.preview tbody tr';

async function pickPrediction({ page }: OpenStory): Promise<void> {
  await page.locator('#pick-prediction').click();
}

async function accept({ page }: OpenStory): Promise<void> {
  await page.locator(READ).first().waitFor();
  await page.locator('vscode-button', { hasText: 'Accept' }).click();
  await page.locator('.said', { hasText: 'Written to' }).waitFor();
}

const MAPPING: readonly Omit<Photo, 'page'>[] = [
  { story: 'usual', sizes: [NARROWEST, BROAD, WIDEST], ready: READ },
  { story: 'usual', name: 'picking', sizes: [NARROWEST, BROAD], ready: READ, forced: true, act: pickPrediction },
  { story: 'complete', sizes: [NARROWEST, BROAD], ready: READ, forced: true },
  { story: 'complete', name: 'accepted', sizes: [NARROWEST, BROAD], ready: READ, act: accept },
  { story: 'many', name: 'manyPicking', sizes: [NARROWEST, BROAD], ready: READ, act: pickPrediction },
  { story: 'odd', sizes: [NARROWEST, BROAD], ready: READ },
  { story: 'warned', sizes: [NARROWEST, BROAD], ready: READ },
  { story: 'nothing', sizes: [NARROWEST, BROAD], ready: '.problem' },
  { story: 'clash', sizes: [BROAD], ready: '.problem' },
  { story: 'empty', sizes: [NARROWEST], ready: '.empty' },
];

const COMPARED = '.overview tbody tr';

async function openTreatments({ page }: OpenStory): Promise<void> {
  await page.locator('summary').click();
  await page.locator('.choices input').first().focus();
}

const COMPARE: readonly Omit<Photo, 'page'>[] = [
  { story: 'usual', sizes: [[400, 900], BROAD, [1800, 1400]], ready: COMPARED, forced: true },
  { story: 'usual', name: 'picking', sizes: [[400, 900], BROAD], ready: COMPARED, act: openTreatments },
  { story: 'two', sizes: [BROAD], ready: COMPARED },
  { story: 'sampled', sizes: [BROAD], ready: COMPARED },
  { story: 'same', sizes: [BROAD], ready: COMPARED },
  {
    story: 'many',
    sizes: [
      [400, 900],
      [1800, 1400],
    ],
    ready: COMPARED,
  },
  { story: 'foreign', sizes: [[400, 900], BROAD], ready: '.empty' },
  { story: 'noGold', sizes: [BROAD], ready: '.empty' },
  { story: 'oneRun', sizes: [[400, 900]], ready: '.empty' },
  { story: 'failing', sizes: [[400, 900]], ready: '.problem' },
  { story: 'noFolder', sizes: [[400, 900]], ready: '.waiting' },
  { story: 'failed', sizes: [[400, 900]], ready: '.waiting' },
];

const MODEL = 'article';

/** Tries a model; `say` is part of what its card says then. */
const tryModel =
  (name: string, say: string) =>
  async ({ page }: OpenStory): Promise<void> => {
    await page.getByRole('button', { name: `Try: ${name}` }).click();
    await page.locator(MODEL, { hasText: say }).waitFor();
  };

async function tryForever({ page }: OpenStory): Promise<void> {
  await page.evaluate(`storyHold('probe')`);
  await page.getByRole('button', { name: 'Try: Flipside scenes, augmented' }).click();
  await page.locator('progress').waitFor();
}

const MODELS: readonly Omit<Photo, 'page'>[] = [
  { story: 'usual', sizes: [NARROW, BROAD, WIDEST], ready: MODEL, forced: true },
  { story: 'fresh', sizes: [NARROW, BROAD], ready: MODEL },
  { story: 'fresh', name: 'trying', sizes: [NARROW, BROAD], ready: MODEL, act: tryForever },
  {
    story: 'fresh',
    name: 'tried',
    sizes: [NARROW, BROAD],
    ready: MODEL,
    act: tryModel('Flipside scenes, augmented', 'Runs on'),
  },
  { story: 'fresh', name: 'focus', sizes: [NARROW], ready: MODEL, act: focus('article [data-does=default] >> nth=1') },
  { story: 'loaded', sizes: [NARROW, BROAD, WIDEST], ready: MODEL, forced: true },
  { story: 'server', name: 'serverTried', sizes: [NARROW, BROAD], ready: MODEL, act: tryModel('vl-7b', 'Is asked') },
  { story: 'refused', sizes: [NARROW, BROAD], ready: MODEL, act: tryModel('two-towers', 'is no ONNX graph') },
  { story: 'odd', sizes: [NARROW, BROAD], ready: MODEL, act: tryModel('<img', 'Runs on') },
  { story: 'many', sizes: [BROAD], ready: MODEL },
  { story: 'ended', sizes: [NARROW, BROAD], ready: '.notice' },
  { story: 'failed', sizes: [NARROW, BROAD], ready: '.failed' },
  { story: 'restricted', sizes: [NARROW, BROAD], ready: '.notice' },
  { story: 'unknownDefault', sizes: [NARROW], ready: '.notice' },
];

/** Every state that is worth a look. */
export const ALBUM: readonly Photo[] = [
  ...ERRORS.map((photo) => ({ ...photo, page: 'errors' as const })),
  ...INSPECTOR.map((photo) => ({ ...photo, page: 'inspector' as const })),
  ...MAPPING.map((photo) => ({ ...photo, page: 'mapping' as const })),
  ...MODELS.map((photo) => ({ ...photo, page: 'models' as const })),
  ...COMPARE.map((photo) => ({ ...photo, page: 'compare' as const })),
  ...['usual', 'one', 'many', 'long', 'oneClass', 'noGold'].map((story): Photo => ({
    ...{ page: 'dashboard', story, sizes: CHARTS, ready: '.card', act: toTheEnd },
    ...(story === 'usual' ? { forced: true } : {}),
  })),
];
