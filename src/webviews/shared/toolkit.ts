/**
 * The form controls. Their package is archived upstream, so this is the only file that knows it: whoever replaces it
 * registers other elements here under the same names and with the same properties.
 */
import './focusProbe.js';
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextArea,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import type { HTMLAttributes } from 'preact';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextArea(),
  vsCodeTextField(),
);

type Control = HTMLAttributes<HTMLElement> & { readonly disabled?: boolean };

declare module 'preact' {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the way JSX names its elements
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': Control & { readonly appearance?: 'primary' | 'secondary' | 'icon' };
      'vscode-checkbox': Control & { readonly checked?: boolean };
      'vscode-dropdown': Control & { readonly value?: string };
      'vscode-option': Control & { readonly value?: string };
      'vscode-text-area': Control & { readonly value?: string; readonly rows?: number; readonly placeholder?: string };
      'vscode-text-field': Control & {
        readonly value?: string;
        readonly placeholder?: string;
        readonly maxlength?: number;
      };
    }
  }
}

/** The text that a control holds, in a handler of its `input` or `change` event. */
export function valueOf(event: Event): string {
  return (event.currentTarget as HTMLInputElement | null)?.value ?? '';
}
