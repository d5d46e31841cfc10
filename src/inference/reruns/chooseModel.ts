import { FlipsideError } from '../../core/model.js';
import type { FoundModel } from '../../protocol/inference.js';

/**
 * The model that a name means: its id, or any part of id or name that no other has. Without a name, the run's own model where one has its name.
 * Throws a usage error that lists the models.
 */
export function chooseModel(found: readonly FoundModel[], name: string | null, runModel: string | null): FoundModel {
  const usable = found.filter(({ missing }) => missing === null);
  const list = found.map(({ id, missing }) => (missing === null ? id : `${id} (${missing})`)).join('\n  ');
  if (name === null) {
    const own = usable.find((model) => runModel !== null && namesOf(model).includes(runModel.toLowerCase()));
    if (own !== undefined) return own;
    const why =
      runModel === null ? 'The run names no model' : `The run is of "${runModel}", which is not among the models here`;
    throw new FlipsideError(`${why}. Choose one with --model:\n  ${list}`, { exitCode: 2 });
  }
  const wanted = name.toLowerCase();
  const exact = found.filter((model) => namesOf(model).includes(wanted));
  const [model, ...more] =
    exact.length > 0 ? exact : found.filter((each) => namesOf(each).some((own) => own.includes(wanted)));
  if (model === undefined)
    throw new FlipsideError(`There is no model "${name}". There are:\n  ${list}`, { exitCode: 2 });
  if (more.length > 0) {
    const several = [model, ...more].map(({ id }) => id).join(', ');
    throw new FlipsideError(`"${name}" may be ${several}. Say which.`, { exitCode: 2 });
  }
  return model;
}

function namesOf({ id, name }: FoundModel): readonly string[] {
  return [id, id.slice(id.indexOf(':') + 1), id.split('/').at(-1) ?? id, name].map((each) => each.toLowerCase());
}
