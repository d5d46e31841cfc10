/** A page that nobody sees draws nothing; what waits for it goes on after so many milliseconds. */
const UNSEEN = 250;

/** Calls `then` when what has changed just now stands on the screen: the picture after this one is not begun yet. */
export function onceDrawn(then: () => void): void {
  let called = false;
  const once = (): void => {
    if (called) return;
    called = true;
    then();
  };
  setTimeout(once, UNSEEN);
  // A frame's callbacks come before its picture; a task of its own comes after.
  requestAnimationFrame(() => setTimeout(once));
}
