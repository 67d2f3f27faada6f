"""What the customer wants answered now. Pure."""

from collections.abc import Sequence

from handoff_service.assist.grams import asks
from handoff_service.assist.pairs import ASKED_AT_MOST, Said


def question_of(said: Sequence[Said]) -> str | None:
    """The customer's last question that no agent has answered yet; None when there is none.

    Messages that follow one another are one question. One that only asks for a person asks what was asked
    before it, whatever the bot said to that.
    """
    asked: list[str] = []
    for each in reversed(said):
        if each.author == "agent" and not each.private:
            break
        if each.author == "customer" and asks(each.text):
            asked.insert(0, each.text)
            if len(asked) == ASKED_AT_MOST:
                break
        elif asked and each.author in ("bot", "customer"):
            break
    return "\n".join(asked) or None


def asked_before(said: Sequence[Said], question: str) -> str:
    """What the customer asked last before that question, whoever answered; "" for nothing."""
    earlier = (each.text for each in reversed(said) if each.author == "customer" and asks(each.text))
    return next((text for text in earlier if text not in question), "")
