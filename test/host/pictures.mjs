/* global document -- what is handed to a frame runs in its page */
/** Pictures of list and inspector in every theme and at several sizes, for people to look at. */
import { frameOf, openContainer, shoot, TIMEOUT, until } from './workbench.mjs';

export const THEMES = [
  ['light', { colorScheme: 'light', forcedColors: 'none' }, '.vs', 'vscode-light'],
  ['dark', { colorScheme: 'dark', forcedColors: 'none' }, '.vs-dark', 'vscode-dark'],
  ['highContrast', { colorScheme: 'dark', forcedColors: 'active' }, '.hc-black', 'vscode-high-contrast'],
  ['highContrastLight', { colorScheme: 'light', forcedColors: 'active' }, '.hc-light', 'vscode-high-contrast-light'],
];

/** Name, window, width of the side bar. 300 pixels is what VS Code gives it. */
const SIZES = [
  ['narrow', { width: 1280, height: 800 }, 300],
  ['1600', { width: 1600, height: 1000 }, 300],
  ['2200', { width: 2200, height: 1200 }, 480],
];

async function widenSideBar(page, width) {
  const bar = page.locator('.part.sidebar');
  // A window that has just become larger may be laid out anew under the pointer: then once more.
  await until(`a side bar of ${width} pixels`, async () => {
    const { x, y, width: before } = await bar.boundingBox();
    if (Math.abs(before - width) < 4) return true;
    await page.mouse.move(x + before, y + 200);
    await page.mouse.down();
    await page.mouse.move(x + width, y + 200, { steps: 4 });
    await page.mouse.up();
    return before;
  });
}

/** Every theme at every size. The window shows a list, and an item with its picture. */
export async function photographViews(page, { pictures }) {
  await openContainer(page);
  for (const [size, viewport, width] of SIZES) {
    await page.setViewportSize(viewport);
    await widenSideBar(page, width);
    // Where the pointer rests, something would be lit up or explained.
    await page.mouse.move(viewport.width / 2, 2);
    for (const [name, media, windowClass, pageClass] of THEMES) {
      await page.emulateMedia(media);
      await page.locator(`.monaco-workbench${windowClass}`).waitFor({ timeout: TIMEOUT });
      // Pages are repainted a moment after the window.
      for (const title of ['Errors', 'Inspector']) {
        const frame = await frameOf(page, title);
        await frame.locator(`body.${pageClass}`).waitFor({ timeout: TIMEOUT });
        await until('the pictures', () =>
          frame.evaluate(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0)),
        );
      }
      await shoot(page, pictures, `views-${name}${size === 'narrow' ? '' : `-${size}`}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
  await page.setViewportSize(SIZES[0][1]);
}
