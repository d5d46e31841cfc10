import { FlipsideError } from '../../core/model.js';

/** A graph that no gradient can be made of: `reasons` name the operations, or what else is in the way. Another method has to do. */
export class GradientUnavailable extends FlipsideError {
  constructor(readonly reasons: readonly string[]) {
    super(`No gradient can be made of this model: ${reasons.join(', ')}.`);
  }
}
