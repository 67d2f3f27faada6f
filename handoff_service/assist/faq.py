"""The bot's own answers, as the file has them that is exported from the assistant at set-up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from handoff_service.assist.suggesting import Answer

LANGUAGES = ("zh", "en")

log = structlog.get_logger(__name__)


class Entry(NamedTuple):
    language: str
    answer: Answer
    questions: list[str]


def read(file: Path) -> list[Entry]:
    """Every answer in every language; none, with a word in the log, when the file cannot be used."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return list(_entries(document))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("faq_not_read", file=str(file), reason=f"{type(error).__name__}: {error}")
        return []


def _entries(document: Any) -> Iterator[Entry]:
    for given in document["answers"]:
        for language in LANGUAGES:
            text = given["text"].get(language)
            questions = [str(each) for each in given["questions"].get(language, ())]
            if text:
                first = questions[0] if questions else ""
                yield Entry(language, Answer(f"faq:{given['id']}", "faq", first, str(text)), questions)
