"""How much of the classifier's guess holds, and whether the turn counts as not understood.

The classifier always has a most likely intent. Of words that have no meaning to it that is a guess, and the
bot's answer to a guess serves the customer no better than saying that it did not understand.
"""

import re
from dataclasses import replace

from actions.quantities import amount_in, months_in
from actions.signals import sentiment_lexicon as lexicon
from actions.signals.intents import (
    AMOUNT_OR_TIME_ANSWERS,
    ANY_WORDS_ANSWER,
    ASKS_NOTHING,
    GUESS,
    ONLY_STEERS,
    OUT_OF_SCOPE,
    TURNS_A_PERSON_DOWN,
)
from actions.signals.question import has_words, is_courtesy, names_something
from actions.signals.reading import Reading

# No words, or sounds that say nothing by themselves.
_ONLY_SOUNDS = re.compile(r"[\W\d_啊呃额吧啦哈呀呢吗了的]*")
_FOLLOWS_UP = re.compile(r"(?:and|what about|how about)\b|那|还有")
PRAISE = 0.4  # as clear as displeasure has to be to count


def believed(reading: Reading) -> Reading:
    """Return the reading without an intent that is a mere guess or that the words contradict."""
    if reading.intent is None or reading.intent in TURNS_A_PERSON_DOWN:
        return reading
    if _is_polite(reading):
        # "OK, I'll wait" asks for no loan and rejects nothing.
        keeps = reading.intent in ASKS_NOTHING and reading.intent != "reject_answer"
        return reading if keeps else replace(reading, intent=None)
    return replace(reading, intent=None) if _is_guess(reading) else reading


def not_understood(reading: Reading, left: Reading, shown: bool) -> tuple[bool, str | None]:
    """Return whether the bot cannot have served this turn, and what shows it.

    left: what `believed` leaves of the reading. shown: the words by themselves say what the customer wants of
    the bot. A topic that the bot does not serve counts as well: it has not helped, whether it knows that or
    not.
    """
    if _answers_form(reading) or lexicon.feeling(reading).value >= PRAISE:
        return False, None
    if reading.fallback:
        # To a form's question "hmm, OK" is no answer.
        return reading.requested_slot is not None or not _is_polite(reading), None
    if _is_polite(reading):
        return False, None
    if reading.intent == OUT_OF_SCOPE:
        # "And to Japan?" is out of scope only to who did not hear the question before.
        if reading.confidence < GUESS and (names_something(reading) or _FOLLOWS_UP.match(reading.text)):
            return False, None
        return has_words(reading), f"intent {OUT_OF_SCOPE} ({reading.confidence:.2f})"
    if left.intent is None and reading.intent is not None and not shown:
        return True, f"only a guess: {reading.intent} ({reading.confidence:.2f})"
    return False, None


def _is_polite(reading: Reading) -> bool:
    return is_courtesy(reading) and not _ONLY_SOUNDS.fullmatch(reading.text)


def _is_guess(reading: Reading) -> bool:
    if reading.confidence >= GUESS or reading.intent == OUT_OF_SCOPE or not has_words(reading):
        return False
    if reading.intent in ONLY_STEERS:
        return reading.requested_slot is None
    return not names_something(reading)


def _answers_form(reading: Reading) -> bool:
    """Say whether a form asked for what the classifier cannot know (a number, a name) and got it."""
    if reading.requested_slot in ANY_WORDS_ANSWER:
        return any(character.isalnum() for character in reading.raw)
    if reading.requested_slot in AMOUNT_OR_TIME_ANSWERS:
        return amount_in(reading.raw) is not None or months_in(reading.raw) is not None
    return reading.requested_slot is not None and sum(character.isdigit() for character in reading.raw) >= 3
