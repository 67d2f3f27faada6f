"""The service's own words to a customer, by key and language. The texts are in `zh.yml` and `en.yml`."""

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

import yaml

LANGUAGES = ("zh", "en")


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of one language, by key."""
    source = files(__package__).joinpath(f"{language}.yml").read_text(encoding="utf-8")
    return {str(key): str(text) for key, text in yaml.safe_load(source).items()}


def notice(key: str, language: str | None, **values: object) -> str:
    """The text `key` for a customer who speaks `language`; both languages, one per line, when it is neither.

    `values` fill the placeholders: `name` (agent), `position` (from 1), `wait` (timedelta or seconds),
    `note`, `until` (a local time), `opening` (when the desk opens next, and the moment now, on its clock).
    `queued` without a `wait` says that it is not known; `returned` with a `note`, `offline` with an
    `opening`, tell it.
    Raises KeyError for an unknown key or a missing value.
    """
    if language not in LANGUAGES:
        return "\n".join(notice(key, each, **values) for each in LANGUAGES)
    if key == "queued" and values.get("wait") is None:
        key = "queued_no_eta"
    if key == "returned" and str(values.get("note") or "").strip():
        key = "returned_with_note"
        values["note"] = str(values["note"]).strip()
    if key in ("offline", "offline_message") and values.get("opening") is not None:
        key = f"{key}_closed"
    if isinstance(opening := values.get("opening"), tuple):
        values["opening"] = opening_text(opening[0], opening[1], language)
    if isinstance(wait := values.get("wait"), timedelta | int | float):
        values["wait"] = wait_text(wait, language)
    return texts(language)[key].format_map(values)


def wait_text(wait: timedelta | float, language: str) -> str:
    """A waiting time in words, rounded up to minutes (beyond ten to five): it must not promise too much."""
    seconds = wait.total_seconds() if isinstance(wait, timedelta) else wait
    minutes = -int(-seconds // 60)
    if seconds < 60:
        return texts(language)["wait_under_a_minute"]
    if minutes > 10:
        minutes = -(-minutes // 5) * 5
    hours, rest = divmod(minutes, 60)
    key = "wait_minutes" if not hours else "wait_hours_minutes" if rest else "wait_hours"
    return texts(language)[key].format(hours=hours, minutes=rest)


def opening_text(opening: datetime, now: datetime, language: str) -> str:
    """When the desk opens next, in words. Both moments are on the desk's clock."""
    words = texts(language)
    days = (opening.date() - now.date()).days
    key = "opening_later" if days > 6 else "opening_this_week" if days > 1 else "opening_tomorrow"
    return words["opening_today" if days == 0 else key].format(
        time=f"{opening:%H:%M}",
        weekday=words["weekdays"].split()[opening.weekday()],
        month=opening.month,
        day=opening.day,
    )
