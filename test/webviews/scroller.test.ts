import assert from 'node:assert/strict';
import { Lines, ROW_HEIGHT } from '../../src/webviews/errors/lines.js';
import { Scroller } from '../../src/webviews/errors/scroller.js';

describe('where the list is scrolled to', () => {
  const opened = (): { scroller: Scroller; element: { scrollTop: number } } => {
    const [scroller, element] = [new Scroller(), { scrollTop: 0 }];
    scroller.resize(10 * ROW_HEIGHT);
    scroller.show(new Lines(1000, null), 0);
    scroller.apply(element);
    return { scroller, element };
  };

  it('follows the user, though something is drawn before the element tells that it was moved', () => {
    const { scroller, element } = opened();
    element.scrollTop = 500 * ROW_HEIGHT;
    scroller.apply(element);
    assert.equal(element.scrollTop, 500 * ROW_HEIGHT);
    assert.equal(scroller.scrolled(element.scrollTop), true);
    assert.equal(scroller.visible().start, 500);
    scroller.apply(element);
    assert.equal(element.scrollTop, 500 * ROW_HEIGHT);
    assert.equal(scroller.scrolled(element.scrollTop), false);
  });

  it('is ours where we move it, also while the user does', () => {
    const { scroller, element } = opened();
    element.scrollTop = 500 * ROW_HEIGHT;
    scroller.reveal(700);
    assert.equal(scroller.scrolled(element.scrollTop), false);
    scroller.apply(element);
    assert.equal(element.scrollTop, 691 * ROW_HEIGHT);
    assert.equal(scroller.visible().start, 691);
  });

  it('stays where it is when what is to be seen is seen', () => {
    const { scroller, element } = opened();
    element.scrollTop = 500 * ROW_HEIGHT;
    scroller.reveal(3);
    scroller.apply(element);
    assert.equal(element.scrollTop, 500 * ROW_HEIGHT);
  });
});
