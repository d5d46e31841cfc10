import type { MapSource } from '../../../protocol/rerunPage.js';
import type { ItemView } from '../../../protocol/rows.js';
import { insideBoxes } from '../../../protocol/insideBoxes.js';
import { percent } from './overlay.js';
import type { Reruns } from './useReruns.js';

interface Parts {
  readonly source: MapSource;
  readonly item: ItemView;
  readonly reruns: Reruns;
}

/** The share of a map inside each named object's box, beside the share of the picture that the box covers. */
export function InsideTable({ source, item, reruns }: Parts) {
  const maps = reruns.maps.get(source.id);
  const { boxes = [], images } = item.record;
  if (typeof maps === 'string') return <p class="problem">{maps}</p>;
  const map = maps?.[0];
  const { original } = reruns;
  if (map === undefined || map === null || original === null || boxes.length === 0 || images.length > 1) return null;
  const inside = insideBoxes(map, boxes, original);
  return (
    <table class="inside">
      <thead>
        <tr>
          <th scope="col">Inside</th>
          <th scope="col">of the map</th>
          <th scope="col">of the picture</th>
        </tr>
      </thead>
      <tbody>
        {boxes.map(({ label }, index) => (
          <Row key={index} name={label ?? `box ${index + 1}`} {...(inside.boxes[index] ?? inside.union)} />
        ))}
        {boxes.length > 1 && <Row name="all together" {...inside.union} />}
      </tbody>
    </table>
  );
}

function Row({ name, share, area }: { readonly name: string; readonly share: number | null; readonly area: number }) {
  return (
    <tr>
      <th scope="row" dir="auto">
        {name}
      </th>
      <td>{share === null ? '–' : percent(share)}</td>
      <td class="muted">{percent(area)}</td>
    </tr>
  );
}
