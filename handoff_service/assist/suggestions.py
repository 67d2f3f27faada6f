"""The suggestions of one conversation: found in the library, and perhaps put in better words."""

from collections.abc import Sequence
from typing import Literal

from handoff_service.assist.grams import grams
from handoff_service.assist.library import Library
from handoff_service.assist.pairs import LONGEST
from handoff_service.assist.schemas import SuggestionOut, SuggestionsOut
from handoff_service.assist.scrubbing import placeholders, scrub
from handoff_service.assist.suggesting import Answer
from handoff_service.assist.wording import Wording

SAME = 0.8  # of an answer's pieces within one message: the customer has had it


def suggest(
    library: Library,
    wording: Wording,
    *,
    conversation_id: str,
    language: Literal["zh", "en"],
    question: str | None,
    before: str,
    said: Sequence[str],
    worded: bool,
) -> SuggestionsOut:
    """`said`: what the bot and agents have said to this customer. Call it outside of any transaction."""
    found = library.suggest(language, question, before) if question else []
    texts = [answer.text for answer in found]
    if worded and question and found:
        texts = wording.word(scrub(question, language)[-LONGEST:], texts, language)
    heard = [set(grams(text)) for text in said]
    return SuggestionsOut(
        conversation_id=conversation_id,
        language=language,
        question=question,
        can_be_worded=wording.offered and bool(found),
        items=[_shown(answer, text, heard) for answer, text in zip(found, texts, strict=True)],
    )


def _shown(answer: Answer, text: str, heard: Sequence[set[str]]) -> SuggestionOut:
    pieces = set(grams(answer.text))
    return SuggestionOut(
        id=answer.id,
        source=answer.source,
        question=answer.question,
        text=text,
        placeholders=placeholders(text) if answer.source == "earlier" else [],
        given=any(len(pieces & one) >= SAME * len(pieces) for one in heard),
        worded=text != answer.text,
    )
