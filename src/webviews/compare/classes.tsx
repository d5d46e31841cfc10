import type { ClassComparison } from '../../protocol/comparePage.js';
import { hueOf } from '../shared/classes.js';
import { Visible } from '../shared/visible.js';
import { classesTable } from './copied.js';
import { Count } from './count.js';
import type { OwnParts } from './actions.js';
import { Heads, Panel, Scrolls } from './panel.js';
import { change, percent, plural, points } from './words.js';

/** Errors of each class in both runs, over the same items. */
export function Classes(parts: OwnParts) {
  const { treatment, name, actions, open } = parts;
  const rows = Object.entries(treatment.classes);
  const [of] = rows.map(([, each]) => each.of);
  const isRateless = rows.some(([, each]) => each.baseRate === null);
  const about =
    of === undefined
      ? 'No joined item is an error that has a class.'
      : `Rates are out of the ${plural(of, 'joined item')} with a right answer on both sides${isRateless ? '; depth flips have none, since “front” may mean different things among them' : ''}.`;
  return (
    <Panel title="Errors by class" about={about} table={() => classesTable(parts)} actions={actions}>
      {rows.length > 0 && (
        <Scrolls kind="data" caption={`Errors by class: ${name} against the base`}>
          <thead>
            <tr>
              <th scope="col">class</th>
              <Heads
                of={[
                  ['base', 'Errors of this class in the base'],
                  ['new', 'Errors of this class in the new run'],
                  ['difference', 'New minus base, in items'],
                  ['rate difference', 'New minus base, of all joined items'],
                ]}
              />
            </tr>
          </thead>
          <tbody>
            {rows.map(([of, each]) => (
              <Line key={of} of={of} row={each} open={open} />
            ))}
          </tbody>
        </Scrolls>
      )}
    </Panel>
  );
}

function Line({ of, row, open }: Pick<OwnParts, 'open'> & { readonly of: string; readonly row: ClassComparison }) {
  return (
    <tr>
      <th scope="row">
        <span class={`chip hue-${hueOf(of)}`} title={of}>
          <span class="class">
            <Visible text={of} />
          </span>
        </span>
      </th>
      <td class="number">
        <Count value={row.base} what={`errors ${of} in the base`} open={() => open({ from: of, side: 'base' })} />
        <Share of={row.baseRate} />
      </td>
      <td class="number">
        <Count value={row.new} what={`errors ${of} in the new run`} open={() => open({ to: of })} />
        <Share of={row.newRate} />
      </td>
      <td class="number">{change(row.difference)}</td>
      <td class="number">{points(row.rateDifference)}</td>
    </tr>
  );
}

function Share({ of }: { readonly of: number | null }) {
  return of === null ? null : <span class="aside"> {percent(of)}</span>;
}
