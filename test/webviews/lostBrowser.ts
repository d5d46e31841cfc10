/**
 * A browser can die under a test: killed by the system, or by a fault of its own. That says nothing of the page, so the test that it died under is
 * run once more, and says so. A test that fails in a living browser is never run again.
 */
let running: Mocha.Test | undefined;

// In the root of whatever file uses a browser; outside of mocha there is none.
if (typeof beforeEach === 'function') {
  beforeEach(function () {
    running = this.currentTest;
  });
}

/** Tells that the browser died under the test that runs. */
export function browserDied(): void {
  if (running === undefined || running.retries() > 0) return;
  process.stderr.write(`The browser died under "${running.fullTitle()}": it is run once more, in another one.` + '\n');
  running.retries(1);
}
