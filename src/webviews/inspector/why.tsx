import type { ItemView } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import { useTools } from './context.js';

export function Why({ item }: { readonly item: ItemView }) {
  const { host, run } = useTools();
  const { why, trace, lens, annotations } = item;
  return (
    <section aria-labelledby="why-heading">
      <h2 id="why-heading">
        Why{' '}
        <span class="muted">
          rule {trace.answer.rule} · lens {lens.name} v{lens.version}
        </span>
        <button
          type="button"
          class="tool"
          title="Settings: by which rule answers are read, by which lens errors are classified"
          onClick={() => run(host.request('settings', { about: 'reading' }))}
        >
          <Icon name="settings-gear" />
          <span class="hidden-text">Settings of rule and lens</span>
        </button>
      </h2>
      <ul class="why">
        {why.map((sentence) => (
          <li key={sentence} dir="auto">
            <Visible text={sentence} />
          </li>
        ))}
        {annotations.hidden && <li class="muted">The class is hidden until this item has a label of your own.</li>}
      </ul>
    </section>
  );
}
