import type { TokenWeight } from '../../../protocol/inference.js';
import { digits } from './overlay.js';

/** The words of the question, the more marked the more they matter. */
export function Tokens({ tokens }: { readonly tokens: readonly TokenWeight[] }) {
  const most = Math.max(...tokens.map(({ weight }) => Math.abs(weight)), 0);
  return (
    <p class="tokens" aria-label="How much each word of the question matters">
      {tokens.map(({ text, weight }, index) => (
        <span
          key={index}
          title={`${text}: ${digits(weight)}`}
          style={{ '--weight': `${most === 0 ? 0 : Math.round((Math.abs(weight) / most) * 100)}%` }}
        >
          {text}
        </span>
      ))}
    </p>
  );
}
