"""Keeping what connectors tell of templates, and filling one in."""

from sqlalchemy.orm import Session

from handoff_service.errors import Conflict, Unprocessable
from handoff_service.models import ChannelTemplates, Conversation
from handoff_service.templates.filling import filled, is_fit, variables
from handoff_service.templates.schemas import Chosen, TemplateOut, TemplatesOf
from handoff_service.unit import Unit


class UnknownTemplate(Conflict):
    title = "The channel has no such template (any more)"


class WrongVariables(Unprocessable):
    """`expected`: how many there must be, each of them something on one line."""

    title = "The template's variables are not filled in as it needs"


def keep(unit: Unit, given: TemplatesOf) -> None:
    items = [template.model_dump() for template in given.templates]
    known = unit.session.get(ChannelTemplates, (given.channel, given.account))
    if known is None:
        unit.session.add(
            ChannelTemplates(channel=given.channel, account=given.account, items=items, updated_at=unit.now)
        )
    else:
        known.items, known.updated_at = items, unit.now


def offered(session: Session, conversation: Conversation) -> list[TemplateOut]:
    """What may be sent to this customer. Sender ids of ours are `<channel>:<account>:<id>`."""
    channel, _, rest = conversation.sender_id.partition(":")
    known = session.get(ChannelTemplates, (channel, rest.partition(":")[0]))
    return [TemplateOut.of(item) for item in known.items] if known is not None else []


def words_of(session: Session, conversation: Conversation, chosen: Chosen) -> str:
    """The template filled in. Raises UnknownTemplate, WrongVariables."""
    template = next(
        (
            each
            for each in offered(session, conversation)
            if (each.name, each.language) == (chosen.name, chosen.language)
        ),
        None,
    )
    if template is None:
        raise UnknownTemplate()
    expected = variables(template.body)
    if len(chosen.variables) != expected or not all(map(is_fit, chosen.variables)):
        raise WrongVariables(expected=expected)
    return filled(template.body, chosen.variables)
