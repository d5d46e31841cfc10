import type { Option } from '../../core/model.js';

/** A user's prompt with the item put in for `{question}` and `{options}`; null where there is none. */
export function filledPrompt(
  prompt: string | null,
  { question, options }: { readonly question: string | null; readonly options: readonly Option[] },
): string | null {
  const lines = options.map(({ label, text }) => (label === null ? text : `${label}. ${text}`)).join('\n');
  // One pass: what an item says may look like a place for something itself.
  return prompt === null
    ? null
    : prompt.replace(/\{(question|options)\}/g, (_, what) => (what === 'question' ? (question ?? '') : lines));
}
