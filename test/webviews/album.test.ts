import assert from 'node:assert/strict';
import { noChromium } from '../support/chromium.js';
import { ALBUM, type Photo } from './album.js';
import { Gallery, THEMES } from './gallery.js';

/** Pictures and counts that come a moment after the rows. */
const SETTLED = 250;

describe('every state of the pages, in every theme', function () {
  this.timeout(60_000);
  let gallery: Gallery;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} No picture of the pages is taken.\n`);
      this.skip();
    }
    gallery = await Gallery.open();
  });
  after(() => gallery?.close());

  /** Takes the pictures, for people to look at in .vscode-test/stories, and tells what is wrong in them. */
  async function wrongIn(photo: Photo, width: number, height: number): Promise<string[]> {
    const wrong: string[] = [];
    const name = photo.name ?? photo.story;
    const story = await gallery.story(photo.page, photo.story, { width, height });
    try {
      await story.page.locator(photo.ready).first().waitFor();
      await photo.act?.(story);
      await story.page.waitForTimeout(SETTLED);
      for (const theme of THEMES) {
        await story.dress(theme);
        await story.photograph(name);
        const pale = await story.tooPale();
        wrong.push(...pale.map((what) => `${theme}, ${width}: ${what}`));
      }
      if (photo.forced === true) {
        await story.dress('highContrast');
        await story.forceColours();
        await story.photograph(`${name}Forced`);
      }
      const wide = await story.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (wide > 0) wrong.push(`${width}: ${wide} pixels too wide`);
      return [...wrong, ...story.errors];
    } finally {
      await story.close();
    }
  }

  for (const photo of ALBUM) {
    it(`${photo.page}: ${photo.name ?? photo.story} can be read and keeps its width`, async () => {
      const wrong: string[] = [];
      for (const [width, height] of photo.sizes) wrong.push(...(await wrongIn(photo, width, height)));
      assert.deepEqual(wrong, []);
    });
  }
});
