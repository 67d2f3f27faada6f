"""Buttons on networks that have none, or fewer: a numbered list, and the number that is typed. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence


def numbered(text: str, buttons: Sequence[Mapping[str, str]]) -> str:
    """The text with one line per button: `1. Where is my order`."""
    lines = [f"{number}. {button['title']}" for number, button in enumerate(buttons, start=1)]
    return "\n".join([text, *lines] if text else lines)


def chosen(typed: str, buttons: Sequence[Mapping[str, str]]) -> Mapping[str, str] | None:
    """The button whose number, or whose very title, was typed; None where it was something else.

    People type `2`, `２`, `2.`, `2、` or `（2）`.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().strip("().、。 #")
    for number, button in enumerate(buttons, start=1):
        if plain == str(number) or typed.strip().casefold() == button["title"].strip().casefold():
            return button
    return None
