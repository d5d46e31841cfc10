import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plain } from '../../src/views/plain.js';

/** What VS Code takes for a link in a message (base/common/linkedText). */
const LINK = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+/i;

describe('text for the workbench', () => {
  it('leads nowhere, draws no icon and turns no direction', () => {
    assert.equal(plain('[Repair](command:workbench.action.quit) now'), '[Repair] (command:workbench.action.quit) now');
    assert.equal(plain('$(error) run'), '$ (error) run');
    assert.equal(plain('a\u202Etxt.exe\n\u0000b'), 'a txt.exe b');
    assert.equal(plain('Row 3 of results/été.csv: [x], (y)'), 'Row 3 of results/été.csv: [x], (y)');
  });

  it('never holds a link, whatever it is made of', () => {
    const parts = fc.array(fc.constantFrom('[', ']', '(', ')', 'a', 'command:', 'https://', '\u200e', '\n', ']('));
    fc.assert(
      fc.property(parts, (some) => !LINK.test(plain(some.join('')))),
      { numRuns: 2000 },
    );
  });
});
