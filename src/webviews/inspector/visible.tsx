import { pieces } from './passages.js';

/** A text as text, with control characters made visible. */
export function Visible({ text }: { readonly text: string }) {
  const all = pieces(text);
  if (all.length === 1 && all[0]?.control === false) return <>{text}</>;
  return (
    <>
      {all.map((piece, index) =>
        piece.control ? (
          <span key={index} class="control" title="Control characters, made visible">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
