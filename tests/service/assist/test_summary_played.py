"""Scripted conversations played through the desk: what the summary makes of the stored rows."""

from typing import Any

from handoff_service.context import Context
from tests.service.assist.test_summary import SHORT, scripts
from tests.service.callers import Agents, Clock
from tests.service.desk import Desk, bot

PLAYED = scripts("conversations_more.yml", "conversations_kept_back.yml")


def play(desk: Desk, clock: Clock, script: dict[str, Any]) -> None:
    """Its sender is its name."""
    for who, text, *given in script["lines"]:
        clock.advance(seconds=5)
        if who == "b":
            desk.ingest(script["name"], bot(text))
        else:
            desk.turn(script["name"], text, language=script["name"][:2], **signals(text, *given))


def signals(text: str, given: dict[str, Any]) -> dict[str, Any]:
    """Whose turn it is and whether it hands over are for the desk to say."""
    shown = {SHORT[key]: value for key, value in given.items() if key not in "ox"}
    if shown.pop("question", False):
        shown["question"] = {"key": shown["intent"], "terms": [text], "about": {}, "again": False}
    return shown


def test_summaries_of_what_was_stored(context: Context, clock: Clock, as_agent: Agents) -> None:
    supervisor = as_agent("sup", role="supervisor", presence="offline")
    desk = Desk(context)

    for script in PLAYED:
        play(desk, clock, script)
        conversation_id = desk.conversation(script["name"]).id
        summary = supervisor.get(f"/conversations/{conversation_id}/summary").json()

        assert {
            "wish": [summary["wish"]["topic"], summary["wish"]["sentence"]],
            "references": sorted([each["kind"], each["text"]] for each in summary["references"]),
            "mood": [summary["mood"]["mood"], summary["mood"]["trend"]],
            "reason": summary["handed_over"]["rule"],
        } == {
            "wish": script["wish"],
            "references": sorted(script["references"]),
            "mood": script["mood"],
            "reason": script["reason"],
        }, script["name"]
