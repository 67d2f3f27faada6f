"""A backtest's result as a page of text for a terminal."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from handoff_service.backtest.replay import Category
from handoff_service.backtest.texts import TEXTS, Language

NAMED = 5
"""Conversations listed per number; a line of the terminal holds no more."""
COLUMNS = ("real", "draft", *(category.value for category in Category))
LISTED = (Category.gained, Category.not_by_then, Category.earlier, Category.later)


def report(result: dict[str, Any], language: Language) -> str:
    """What `service.backtest` found, in full sentences and aligned tables."""
    return "\n".join(_Report(result, language).lines()) + "\n"


def tune_report(result: dict[str, Any], language: Language) -> str:
    """What `tune.tune` proposes, and the backtest of it."""
    texts, objective = TEXTS[language], result["objective"]
    scores = {name: f"{score['f']:.3f}" for name, score in objective.items() if isinstance(score, dict)}
    lines = [texts["tune.title"].format(beta=objective["beta"])]
    if not result["thresholds"]:
        return "\n".join([*lines, texts["tune.nothing"], texts["tune.scores"].format(**scores)]) + "\n"
    rows = [[texts[f"tune.column.{name}"] for name in ("rule", "test", "now", "proposed")]]
    rows += [
        [each["rule"], f"{each['field']} {each['operator']}", f"{each['now']:g}", f"{each['proposed']:g}"]
        for each in result["thresholds"]
    ]
    lines += [*_table(rows), texts["tune.scores"].format(**scores), texts["tune.not_switched_on"], ""]
    return "\n".join(lines) + "\n" + report(result["backtest"], language)


class _Report:
    def __init__(self, result: dict[str, Any], language: Language) -> None:
        self._result = result
        self._texts = TEXTS[language]

    def lines(self) -> Iterator[str]:
        yield from self._head()
        for group in ("by_rule", "by_topic"):
            yield ""
            yield self._t(group)
            yield from self._rows(self._result[group])
        yield from self._conversations()
        yield ""
        yield from self._load(self._result["load"])
        yield ""
        yield from self._marks(self._result["marks"])
        yield ""
        yield from self._notes()

    def _t(self, key: str, **values: Any) -> str:
        shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
        return self._texts[key].format(**shown)

    def _head(self) -> Iterator[str]:
        observed, handoffs = self._result["observed"], self._result["handoffs"]
        yield self._t("title", **{name: self._result["inputs"][name] for name in ("since", "until")})
        yield self._t(
            "headline",
            conversations=observed["conversations"],
            turns=observed["turns"],
            real=handoffs["real"],
            draft=handoffs["draft"],
        )
        yield self._t("categories", **{category: handoffs[category]["count"] for category in Category})
        if handoffs[Category.earlier]["count"]:
            by = self._result["earlier_by"]
            yield self._t("earlier_by", turns=by["turns"]["median"], seconds=by["seconds"]["median"])
        if other := self._result["same_turn_other_rule"]["count"]:
            yield self._t("same_turn_other_rule", count=other)
        for category in (Category.not_by_then, Category.later):
            if handoffs[category]["count"]:
                yield self._t(f"{category}_means")

    def _rows(self, rows: dict[str, Any]) -> Iterator[str]:
        head = [self._t(f"column.{name}") for name in ("name", *COLUMNS)]
        body = [
            [self._t("none") if name == "none" else name, *(_count(row[column]) for column in COLUMNS)]
            for name, row in rows.items()
        ]
        yield from _table([head, *body])

    def _conversations(self) -> Iterator[str]:
        numbers = {category: self._result["handoffs"][category] for category in LISTED}
        if not any(number["count"] for number in numbers.values()):
            return
        yield ""
        yield self._t("conversations", most=NAMED)
        for category, number in numbers.items():
            if number["count"]:
                more = " …" if len(number["conversations"]) > NAMED else ""
                ids = " ".join(number["conversations"][:NAMED])
                yield f"  {self._t(f'column.{category}')}: {ids}{more}"

    def _load(self, load: dict[str, Any]) -> Iterator[str]:
        real, draft = load["real"], load["draft"]
        if real is None or draft is None:
            yield self._t("no_agents")
            return
        yield self._t("load", **{name: load[name] for name in ("agents", "places", "duty_hours")})
        if load["assumed_until"]:
            yield "  " + self._t("load.assumed", until=load["assumed_until"])
        names = ("handoffs", "agent_hours", "served_at_once", "most_waiting", "gave_up", "never_served")
        waits = ("mean", "p90", "max")
        waited, would_wait = real["wait_seconds"], draft["wait_seconds"]
        sides = {f"load.{name}": (real[name], draft[name]) for name in names}
        sides |= {f"load.wait_{name}": (waited[name], would_wait[name]) for name in waits}
        rows = [[self._t(f"column.{name}") for name in ("measure", "real", "draft", "change")]]
        rows += [
            [self._t(name), _count(before), _count(after), _change(before, after)]
            for name, (before, after) in sides.items()
        ]
        yield from _table(rows)

    def _marks(self, marks: dict[str, Any]) -> Iterator[str]:
        if not marks["total"]:
            yield self._t("no_marks")
            return
        yield self._t(
            "marks", **{name: marks[name] for name in ("total", "needed", "not_needed", "too_late")}
        )
        if marks["too_few"]:
            yield "  " + self._t("marks.few", few=marks["few"])
        for name in ("precision", "recall"):
            sides = {side: self._share(marks[side][name]) for side in ("real", "draft")}
            yield "  " + self._t("marks.line", name=self._t(f"marks.{name}"), **sides)
        if marks["too_late"]:
            numbers = {name: marks[name] for name in ("too_late", "too_late_made_earlier")}
            yield "  " + self._t("marks.too_late", **numbers)

    def _share(self, share: dict[str, Any]) -> str:
        if share["value"] is None:
            return "–"
        low, high = (f"{bound:.2f}" for bound in share["interval"])
        value = f"{share['value']:.2f}"
        return self._t("marks.share", value=value, hits=share["hits"], of=share["of"], low=low, high=high)

    def _notes(self) -> Iterator[str]:
        signals, integrity = self._result["signals"], self._result["integrity"]
        yield self._t("notes")
        decisions = integrity["other_decision"]["count"]
        rules = integrity["other_rule"]["count"]
        if decisions or rules:
            bad = {"checked": integrity["checked"], "decisions": decisions, "rules": rules}
            yield "  " + self._t("integrity.bad", **bad)
        elif integrity["checked"]:
            yield "  " + self._t("integrity.good", checked=integrity["checked"])
        if integrity["unreadable_rules"]:
            yield "  " + self._t("integrity.unreadable", count=integrity["unreadable_rules"])
        if integrity["other_running_values"]:
            yield "  " + self._t("integrity.running", count=integrity["other_running_values"])
        if signals["mixed"]:
            versions = ", ".join(f"{version}: {n:,}" for version, n in signals["versions"].items())
            other = {"versions": versions, "other": signals["other_turns"], "newest": signals["newest"]}
            yield "  " + self._t("signals.mixed", **other)


def _count(value: Any) -> str:
    if isinstance(value, dict):
        value = value["count"]
    return "–" if value is None else f"{value:,}"


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return "–"
    difference = round(after - before, 1)
    return f"{difference:+,}" if difference else "0"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, numbers to the right."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        name, *numbers = (
            " " * (width - _width(cell)) + cell if column else cell + " " * (width - _width(cell))
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  " + "  ".join([name, *numbers]).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
