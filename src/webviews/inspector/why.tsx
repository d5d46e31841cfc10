import type { ItemView } from '../../protocol/rows.js';
import { Visible } from '../shared/visible.js';

export function Why({ item }: { readonly item: ItemView }) {
  const { why, trace, lens } = item;
  return (
    <section aria-labelledby="why-heading">
      <h2 id="why-heading">
        Why{' '}
        <span class="muted">
          rule {trace.answer.rule} · lens {lens.name} v{lens.version}
        </span>
      </h2>
      <ul class="why">
        {why.map((sentence) => (
          <li key={sentence} dir="auto">
            <Visible text={sentence} />
          </li>
        ))}
      </ul>
    </section>
  );
}
