import { pieces } from "../text/links";

/** What people write, as text; links that may be followed are links. */
export function Text({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((piece, place) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <a key={place} href={piece.href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}
