"""A summary in words, in the agent's language. Pure; the texts are in `zh.yml` and `en.yml` beside it."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import yaml

from handoff_service.assist.references import Reference
from handoff_service.assist.summary import Feeling, Summary, Tried, Wish


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of one language, by key."""
    source = files(__package__).joinpath(f"{language}.yml").read_text(encoding="utf-8")
    return {str(key): str(text) for key, text in yaml.safe_load(source).items()}


def say(key: str, language: str, **values: object) -> str:
    """The text of `key`, filled in."""
    return texts(language)[key].format_map(values)


def told(summary: Summary, reason: str | None, language: str) -> str:
    """The whole of it."""
    return texts(language)["separator"].join(_parts(summary, reason, language))


def topic_name(topic: str | None, language: str) -> str | None:
    """In words; as it is where it is one of somebody else's bot."""
    return texts(language).get(f"topic.{topic}", topic) if topic else None


def reference_text(reference: Reference, language: str) -> str:
    return say(f"reference.{reference.kind}", language, text=reference.text)


def tried_text(tried: Tried, language: str) -> str:
    if tried.did != "asked":
        return say(f"tried.{tried.did}", language, text=tried.text.rstrip("。."))
    asked = say(f"asked.{tried.text}", language)
    return say("tried.asked_given" if tried.given else "tried.asked", language, text=asked, given=tried.given)


def feeling_text(feeling: Feeling, language: str) -> str:
    mood = say(f"mood.{feeling.mood}", language)
    if feeling.trend == "steady":
        return mood
    comma = "，" if language == "zh" else ", "
    return f"{mood}{comma}{say(f'trend.{feeling.trend}', language)}"


def _parts(summary: Summary, reason: str | None, language: str) -> Iterator[str]:
    joint = texts(language)["and"]
    yield _wish(summary.wish, language)
    if summary.references:
        named = joint.join(reference_text(each, language) for each in summary.references)
        yield say("references", language, list=named)
    if summary.tried:
        yield say("tried", language, list=joint.join(tried_text(each, language) for each in summary.tried))
    else:
        yield say("tried.none", language)
    if reason:
        yield say("handed_over", language, reason=reason.rstrip("。."))
    if summary.feeling is not None:
        yield say("mood", language, mood=feeling_text(summary.feeling, language))
    if summary.note is not None:
        yield say("note", language, author=summary.note.author, text=summary.note.text)


def _wish(wish: Wish | None, language: str) -> str:
    if wish is None:
        return say("wish.none", language)
    name = topic_name(wish.topic, language)
    sentence = (
        wish.sentence
        if wish.sentence[-1:] in "。！？!?.…"
        else f"{wish.sentence}{'。' if language == 'zh' else '.'}"
    )
    return say("wish.topic" if name else "wish", language, topic=name, sentence=sentence)
