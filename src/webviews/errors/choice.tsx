import type { ComponentChildren } from 'preact';
import { Icon } from '../shared/icon.js';

interface Props {
  readonly label: string;
  readonly value: string;
  /** Drawn before the value, where there is no room for a visible label. */
  readonly icon?: string;
  readonly onChange: (event: Event) => void;
  readonly children: ComponentChildren;
}

/**
 * A native select: fields can be hundreds, its list is drawn by the system outside of the narrow panel, and the letters that
 * are typed to find a value stay letters.
 */
export function Choice({ label, value, icon, onChange, children }: Props) {
  return (
    <span class="choice" title={value === '' ? label : `${label}: ${value}`}>
      {icon !== undefined && <Icon name={icon} />}
      <select aria-label={label} value={value} onChange={onChange}>
        {children}
      </select>
      <Icon name="chevron-down" />
    </span>
  );
}
