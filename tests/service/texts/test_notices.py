from datetime import datetime, timedelta
from string import Formatter

import pytest

from handoff_service.texts.notices import LANGUAGES, notice, texts, wait_text

PLACEHOLDERS = {
    "handed_to_agent": {"name"},
    "assigned_from_queue": {"name"},
    "queued": {"position", "wait"},
    "queued_no_eta": {"position"},
    "handed_outside": set(),
    "offline": set(),
    "offline_message": set(),
    "message_left": set(),
    "message_left_mail": {"address"},
    "message_left_phone": {"number"},
    "offline_closed": {"opening"},
    "offline_message_closed": {"opening"},
    "queue_reminder": {"position"},
    "gave_up": set(),
    "returned": set(),
    "returned_with_note": {"note"},
    "late_handoff": set(),
    "back_in_queue": set(),
    "still_there": set(),
    "reopened": {"name"},
    "left_idle_resolved": set(),
    "mail_subject": set(),
    "mail_opening": set(),
    "mail_link": set(),
    "mail_closing": {"days"},
    "blocked": set(),
    "blocked_until": {"until"},
    "ask_rating": set(),
    **{f"score_{score}": set() for score in range(1, 6)},
    "rated": set(),
    "rated_low": set(),
    "wait_under_a_minute": set(),
    "wait_minutes": {"minutes"},
    "wait_hours": {"hours"},
    "wait_hours_minutes": {"hours", "minutes"},
    "opening_today": {"time"},
    "opening_tomorrow": {"time"},
    "opening_this_week": {"weekday", "time"},
    "opening_later": {"month", "day", "time"},
    "weekdays": set(),
}
NOW = datetime(2026, 3, 2, 20, 0)  # a Monday
OPENING = (datetime(2026, 3, 3, 9, 0), NOW)
VALUES = {
    "name": "Lin",
    "position": 3,
    "wait": timedelta(minutes=4),
    "note": "refund approved",
    "address": "a…@example.com",
    "number": "+861…78",
    "days": 7,
    "until": "2026-03-02 18:00",
    "opening": OPENING,
}
PARTS = ("wait_", "opening_", "weekdays")  # of other texts


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_with_the_same_placeholders(language: str) -> None:
    assert {key: placeholders(text) for key, text in texts(language).items()} == PLACEHOLDERS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in PLACEHOLDERS if not key.startswith(PARTS)])
def test_every_notice_is_one_bubble_of_complete_text(key: str, language: str) -> None:
    text = notice(key, language, **VALUES)

    assert text == text.strip()
    assert "\n\n" not in text
    assert "{" not in text
    assert (any("一" <= c <= "鿿" for c in text)) == (language == "zh")


def test_an_unknown_language_gets_both() -> None:
    assert notice("gave_up", None) == notice("gave_up", "zh") + "\n" + notice("gave_up", "en")
    assert notice("gave_up", "fr") == notice("gave_up", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_wait_the_queue_notice_promises_none(language: str) -> None:
    assert notice("queued", language, position=2, wait=None) == notice("queued_no_eta", language, position=2)
    assert notice("queued", language, position=2) == notice("queued_no_eta", language, position=2)


def test_the_wait_is_told_in_words_whether_given_as_duration_or_seconds() -> None:
    assert "about 2 min" in notice("queued", "en", position=1, wait=90)
    assert "约 2 分钟" in notice("queued", "zh", position=1, wait=timedelta(seconds=90))


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "less than a minute", "不到 1 分钟"),
        (59.9, "less than a minute", "不到 1 分钟"),
        (60, "about 1 min", "约 1 分钟"),
        (60.5, "about 2 min", "约 2 分钟"),
        (600, "about 10 min", "约 10 分钟"),
        (601, "about 15 min", "约 15 分钟"),
        (3500, "about 1 h", "约 1 小时"),
        (4000, "about 1 h 10 min", "约 1 小时 10 分钟"),
    ],
)
def test_waits_are_rounded_up(seconds: float, en: str, zh: str) -> None:
    assert wait_text(seconds, "en") == en
    assert wait_text(seconds, "zh") == zh


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outcome_is_told_when_the_agent_left_a_note(language: str) -> None:
    assert "refund approved" in notice("returned", language, note=" refund approved\n")
    for nothing in (None, "", "  "):
        assert notice("returned", language, note=nothing) == notice("returned", language)


def test_braces_in_what_people_wrote_are_left_alone() -> None:
    assert "{name}" in notice("returned", "en", note="use {name} as login")


def test_who_may_go_on_with_the_bot_is_told_the_words_for_it() -> None:
    for key in ("offline", "queued", "queued_no_eta", "queue_reminder"):
        assert "继续用机器人" in notice(key, "zh", **VALUES)
        assert "go on with the bot" in notice(key, "en", **VALUES)


def test_an_unknown_key_or_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such_notice"):
        notice("no_such_notice", "zh")
    with pytest.raises(KeyError, match="name"):
        notice("handed_to_agent", "zh")


@pytest.mark.parametrize(
    ("opening", "zh", "en"),
    [
        (datetime(2026, 3, 2, 22, 30), "今天 22:30 上班", "today at 22:30"),
        (datetime(2026, 3, 3, 9, 0), "明天 09:00 上班", "tomorrow at 09:00"),
        (datetime(2026, 3, 5, 9, 0), "星期四 09:00 上班", "on Thursday at 09:00"),
        (datetime(2026, 3, 9, 9, 0), "3 月 9 日 09:00 上班", "on 3/9 at 09:00"),
    ],
)
def test_who_comes_when_the_desk_is_closed_hears_when_it_opens(opening: datetime, zh: str, en: str) -> None:
    assert zh in notice("offline", "zh", opening=(opening, NOW))
    assert en in notice("offline", "en", opening=(opening, NOW))
    assert en in notice("offline_message", "en", opening=(opening, NOW))
    assert notice("offline", "zh", opening=None) == notice("offline", "zh")
