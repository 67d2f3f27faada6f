"""Under an answer of the bot: has it solved what was asked?

"Not solved" is a turn of the customer's, which Rasa handles and the rules see as a rejected answer; "solved"
is told to the handoff service, which records it. Each is said once per answer, whichever tab is quicker.
"""

from collections.abc import Mapping
from typing import Any

from channels.durable import DurableInput
from channels.refusals import InvalidPayload, NotFound
from channels.store import Accepted
from channels.taking import admit, client_id_of, text_of
from channels.telling import Telling

# The bot's intent for "that did not help", and what the customer is shown to have said where the client does
# not say it.
NOT_SOLVED = "/reject_answer"
_WORDS = {True: "没有解决", False: "Not solved"}


def asks_feedback(message: Mapping[str, Any], unasked: frozenset[str]) -> bool:
    """Whether a bot's message is an answer that can help or not: no question, no choice, no small talk.

    `unasked` names the responses of the domain that are none, beside the questions of forms.
    """
    response = message.get("utter_action")
    return (
        isinstance(response, str)
        and response not in unasked
        and not response.startswith("utter_ask_")
        and not message.get("buttons")
        and bool(message.get("text"))
    )


async def take_feedback(
    channel: DurableInput, telling: Telling, conversation: str, payload: Mapping[str, Any]
) -> Accepted:
    """`{client_id, feedback: {message, solved}, text?}`. Raises NotFound for what no answer of the bot is."""
    client_id = client_id_of(payload)
    feedback = payload.get("feedback")
    message_id, solved = _given(feedback)
    answer = channel.store.message(conversation, message_id)
    if answer is None or "feedback" not in answer:
        raise NotFound("there is no such answer")
    if answer["feedback"] != "ask":  # said before, perhaps in another tab
        return channel.store.accepted(conversation, client_id) or Accepted(
            message_id, answer["number"], new=False
        )
    verdict = {"feedback": "solved" if solved else "unsolved"}
    if solved:
        number = channel.store.amend(conversation, message_id, f"feedback:{message_id}", verdict)
        telling.tell(conversation, "feedback", {"message_id": message_id, "solved": True})
        accepted = Accepted(message_id, number, new=True)
    else:
        words = text_of(payload) if payload.get("text") is not None else _words(answer["text"])
        if channel.store.accepted(conversation, client_id) is None:
            admit(channel, conversation)
        accepted = await channel.accept(
            conversation,
            client_id,
            NOT_SOLVED,
            shown=words,
            metadata={"button_title": words, "feedback": {"message": message_id, "solved": False}},
        )
        channel.store.amend(conversation, message_id, f"feedback:{message_id}", verdict)
    await channel.wake(conversation)
    return accepted


def _given(feedback: Any) -> tuple[str, bool]:
    if (
        not isinstance(feedback, dict)
        or not isinstance(feedback.get("message"), str)
        or not isinstance(feedback.get("solved"), bool)
    ):
        raise InvalidPayload("`feedback` must be {message: an id, solved: true or false}")
    return feedback["message"], feedback["solved"]


def _words(answer: str) -> str:
    """In the language of the answer that did not help."""
    return _WORDS[any("\u4e00" <= character <= "\u9fff" for character in answer)]
