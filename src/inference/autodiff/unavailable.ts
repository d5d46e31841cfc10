import { FlipsideError } from '../../core/model.js';

/** A gradient that cannot be had of a model, though others can: whoever asked looks for another way. */
export class GradientUnavailable extends FlipsideError {
  /** @param unsupported Operations without a rule, or as they stand in the graph, as `withInputGradient` says them. */
  constructor(readonly unsupported: readonly string[]) {
    const names = unsupported.join(', ');
    super(
      `No gradient is known of ${unsupported.length === 1 ? 'an operation' : 'operations'} of this graph: ${names}. ` +
        'Ask for occlusion, which needs none.',
    );
  }
}
