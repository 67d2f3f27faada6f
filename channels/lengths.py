"""Long texts in pieces, for networks that take only so much at once. Pure."""

from collections.abc import Callable

_ENDS = ("\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", "；", "; ", "，", ", ", " ")


def characters(text: str) -> int:
    return len(text)


def utf8(text: str) -> int:
    return len(text.encode())


def pieces(text: str, most: int, length: Callable[[str], int] = characters) -> list[str]:
    """The text in pieces of at most that `length`, cut where a paragraph, sentence or word ends if one does
    in the latter half of the piece."""
    found = []
    while length(text) > most:
        fits = _fitting(text, most, length)
        cut = next(
            (at + len(end) for end in _ENDS if (at := text.rfind(end, fits // 2, fits - len(end) + 1)) >= 0),
            fits,
        )
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*found, text] if text or not found else found


def _fitting(text: str, most: int, length: Callable[[str], int]) -> int:
    """How many of its characters fit; at least one, so that there is an end."""
    low, high = 1, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle]) <= most else (low, middle - 1)
    return low
