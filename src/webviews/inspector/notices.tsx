import type { ItemView } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';

const CANDIDATES = 'candidates';

/** Unfolds the candidates below the picture, and goes there. */
export function showCandidates(): void {
  const list = document.getElementById(CANDIDATES);
  if (!(list instanceof HTMLDetailsElement)) return;
  list.open = true;
  list.querySelector('summary')?.focus();
}

/** Which images it may have been, where several items of the benchmark share the question and differ in the image. */
export function Candidates({ item }: { readonly item: ItemView }) {
  const { imageCandidates: all } = item;
  if (all.length === 0) return null;
  return (
    <section class="notice ambiguous" aria-label="Image ambiguous">
      <Icon name="warning" />
      <div class="words">
        <strong>Image ambiguous.</strong> {all.length} items of the benchmark share this question and these options.
        Which of their images was shown is not known, so none is.
        <details id={CANDIDATES}>
          <summary>{all.length} candidates</summary>
          <ul class="paths">
            {all.map((path) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </details>
      </div>
    </section>
  );
}
