"""A message takes the files up that were uploaded for it. Each is shown by one message alone."""

from collections.abc import Iterable
from typing import Any

from handoff_service.attachments import repository
from handoff_service.attachments.errors import AttachmentNotFound
from handoff_service.attachments.showing import shown
from handoff_service.models import Attachment, Conversation
from handoff_service.unit import Unit

CUSTOMER = "customer"
"""The uploader of what came through a channel; an agent is `agent:<id>`, as in the audit."""


def use(unit: Unit, conversation: Conversation, ids: Iterable[str], *, uploader: str) -> list[dict[str, Any]]:
    """What a message of theirs shows from now on. Raises `AttachmentNotFound`."""
    used = []
    for attachment_id in dict.fromkeys(ids):
        found = _use(unit, conversation, attachment_id, uploader)
        if found is None:
            raise AttachmentNotFound("It was never uploaded here, or another message shows it already.")
        used.append(found)
    return used


def use_customers(unit: Unit, conversation: Conversation, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The same for a customer's message, which is kept in any case: what is not theirs is left out."""
    found = (_use(unit, conversation, each, CUSTOMER) for each in dict.fromkeys(ids))
    return [each for each in found if each is not None]


def withdraw(unit: Unit, kept: Iterable[dict[str, Any]]) -> None:
    """The message that shows these files is taken back: no link of a customer's leads to them any more."""
    repository.change_state(unit.session, _ids(kept), "stored", "withdrawn")


def show_again(unit: Unit, kept: Iterable[dict[str, Any]]) -> None:
    """It could not be taken back."""
    repository.change_state(unit.session, _ids(kept), "withdrawn", "stored")


def _ids(kept: Iterable[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in kept]


def _use(unit: Unit, conversation: Conversation, attachment_id: str, uploader: str) -> dict[str, Any] | None:
    unit.session.flush()  # the conversation may be new
    if not repository.use(
        unit.session,
        attachment_id,
        sender_id=conversation.sender_id,
        uploader=uploader,
        conversation_id=conversation.id,
    ):
        return None
    attachment = unit.session.get_one(Attachment, attachment_id)
    return shown(attachment)
