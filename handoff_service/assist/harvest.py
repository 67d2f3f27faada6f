"""Takes up what agents answered in conversations that are over.

Which ones are still to be looked at is told by the database, so nothing is missed over a restart and two
processes may do it at the same time: whoever writes second finds it done.
"""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from handoff_service.assist import repository
from handoff_service.assist.library import Library
from handoff_service.assist.pairs import Pair, Said, pairs_of
from handoff_service.assist.scrubbing.scrub import Language
from handoff_service.context import Context
from handoff_service.models import AnswerPair, AnswerSource, Conversation, Customer, Message
from handoff_service.unit import Unit
from handoff_service.waking import Waker

PAUSE = 5.0
"""Seconds between two looks: a suggestion that comes so much later is missed by nobody."""
BATCH = 20  # conversations at once, so that no look takes long

log = structlog.get_logger(__name__)


def said_of(message: Message) -> Said:
    return Said(message.author, message.text, message.private, _unsaid(message))


def _unsaid(message: Message) -> bool:
    """Whether the customer never had it, or should not have had it."""
    return message.delivery == "failed" or message.recall is not None


def spoken(conversation: Conversation) -> Language:
    """The language that the conversation is held in."""
    return "en" if conversation.language == "en" else "zh"


def harvest(context: Context, limit: int = BATCH) -> int:
    """Take up the answers of at most so many conversations; how many were looked at."""
    with context.database.reading() as session:
        # reading and scrubbing take their time, which no writer has to wait for
        found = [
            (
                conversation,
                _pairs(
                    conversation, repository.said(session, conversation.id), _names(session, conversation)
                ),
            )
            for conversation in repository.not_taken_up(session, limit)
        ]
    if found:
        with context.work() as unit:
            for conversation, pairs in found:
                _keep(unit, conversation, pairs)
    return len(found)


def _pairs(conversation: Conversation, messages: Sequence[Message], names: list[str]) -> list[Pair]:
    written = [message.author_name for message in messages if message.author_name]
    return pairs_of(
        [said_of(message) for message in messages], spoken(conversation), [*names, *dict.fromkeys(written)]
    )


def _names(session: Session, conversation: Conversation) -> list[str]:
    customer = session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    return [customer.name] if customer is not None and customer.name else []


def _keep(unit: Unit, conversation: Conversation, pairs: list[Pair]) -> None:
    assert conversation.resolved_at is not None  # it is resolved
    source = repository.source(unit.session, conversation.id)
    if source is not None and source.resolved_at == conversation.resolved_at:
        return
    if source is None:
        unit.session.add(AnswerSource(conversation_id=conversation.id, resolved_at=conversation.resolved_at))
    else:
        source.resolved_at = conversation.resolved_at
        repository.forget_pairs(unit.session, conversation.id)
    for pair in pairs:
        unit.session.add(
            AnswerPair(
                number=unit.next_number("answer_pair"),
                conversation_id=conversation.id,
                language=spoken(conversation),
                question=pair.question,
                answer=pair.answer,
            )
        )


class HarvestWorker:
    def __init__(self, context: Context, library: Library) -> None:
        self._context = context
        self._library = library
        self._waker = Waker()

    def wake(self) -> None:
        """Something was committed, perhaps an end. Safe from any thread."""
        self._waker.wake()

    async def run(self) -> None:
        """Serve until cancelled."""
        self._waker.bind()
        await asyncio.to_thread(self._library.catch_up)
        while True:
            try:
                full = await asyncio.to_thread(harvest, self._context) == BATCH
                await asyncio.to_thread(self._library.catch_up)
            except Exception:
                log.exception("harvest_failed")
                full = False
            if not full:
                await self._waker.wait(None)
            await asyncio.sleep(PAUSE if not full else 0.1)
