"""What several turns show together: repetition, streaks, mood."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from handoff_service.decision.facts import PastTurn, Running, Signals
from handoff_service.decision.questions import times_asked

DISPLEASED_AT = -0.4
"""A turn at or below this sentiment counts as displeased: clearly negative, yet short of an outburst. The
shipped rules use the same number where one displeased turn is enough."""

MOOD_TURNS = 3
"""Turns averaged into `recent_sentiment`: enough to smooth one odd word, few enough to follow the mood."""

FORGET_AFTER = timedelta(hours=24)
"""Older turns no longer count: who asks for their order once a day is not repeating themselves."""


def running_values(past: Sequence[PastTurn], now: Signals, *, at: datetime | None = None) -> Running:
    """The running values of the turn `now`, which they include.

    `past`: earlier turns that the bot owned since the last return, oldest first. Words said to a person or
    in the queue are not among them. `at`: when the present turn was sent; with it, turns older than
    `FORGET_AFTER` are left out.

    - consecutive_fallbacks: turns not understood up to and including this one; 0 as soon as one is
      understood.
    - repeat_count: how often this turn's question has been asked, in whatever words; 1 at the first asking,
      0 when the turn asks nothing. Turns in between that ask nothing (thanks, form answers) or
      ask something else change nothing.
    - displeased_streak: displeased turns running, up to and including this one.
    - recent_sentiment: mean of the last `MOOD_TURNS` turns.
    - recent_topic: what is being talked about; see `_recent_topic`.
    - attachments_without_words: messages running that were files (or a place, a sticker …) and nothing
      else, this one included.

    Such a message is no words: it is neither understood nor not, shows no mood and asks nothing, and those
    before and after it count as if it had not been.
    """
    remembered = [turn.signals for turn in past if at is None or at - turn.sent_at <= FORGET_AFTER]
    every = [now, *reversed(remembered)]
    newest_first = [signals for signals in every if not signals.without_words]
    mood = [signals.sentiment for signals in newest_first[:MOOD_TURNS]]
    if now.without_words:
        return Running(
            recent_sentiment=sum(mood) / len(mood) if mood else 0.0,
            recent_topic=_recent_topic(newest_first),
            attachments_without_words=_length(takewhile(lambda s: s.without_words, every)),
        )
    return Running(
        consecutive_fallbacks=_length(takewhile(lambda s: s.fallback, newest_first)),
        repeat_count=_repeat_count(newest_first),
        displeased_streak=_length(takewhile(lambda s: s.sentiment <= DISPLEASED_AT, newest_first)),
        recent_sentiment=sum(mood) / len(mood),
        recent_topic=_recent_topic(newest_first),
    )


def _repeat_count(newest_first: Sequence[Signals]) -> int:
    if newest_first[0].question is None:
        return 0
    return times_asked([s.question for s in reversed(newest_first) if s.question is not None])


def _recent_topic(newest_first: Sequence[Signals]) -> str | None:
    """The topic that the present turn is about, also when it does not name it.

    "That doesn't help" says nothing about refunds, but it is about the refund asked for just before. So a
    turn without a topic takes over the last one, unless it, or a turn in between, asks about something
    else that has no topic. Telling of one's own case, "I'm self-employed …", goes on about the last one, too.
    """
    for signals in newest_first:
        if signals.topic is not None:
            return signals.topic
        if signals.question is not None and not (signals.rejects_answer or signals.needs_advice):
            return None
    return None


def _length(turns: Iterable[Signals]) -> int:
    return sum(1 for _ in turns)
