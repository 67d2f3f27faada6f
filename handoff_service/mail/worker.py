"""Sends what is due: one mail for all that the customer has not read.

A mail is claimed by a conditional update with a lease, so of several replicas one sends it. Whoever is killed
between the server's acceptance and the note of it leaves a mail that goes out once more when the lease ends,
under the same Message-ID; an answer that nobody hears of would be worse.
"""

import asyncio
import datetime as dt
from email.message import EmailMessage
from typing import Protocol

import structlog

from handoff_service.contacts.validation import ascii_address
from handoff_service.contacts.view import mailable
from handoff_service.context import Context
from handoff_service.conversations.messages import publish_message
from handoff_service.mail import repository, smtp
from handoff_service.mail.composing import Letter, compose
from handoff_service.mail.links import link
from handoff_service.mail.server import Server, parse_sender, parse_smtp_url
from handoff_service.mail.smtp import Outcome
from handoff_service.models import Contact, Conversation, Mail, Message
from handoff_service.unit import Unit
from handoff_service.waking import Waker

log = structlog.get_logger(__name__)

RETRY = 1.0
"""Seconds until a failed run is tried again, e.g. when the database was away."""
AT_LEAST = 0.2
"""Seconds between two looks for what is due, however many commits ask for one."""
LEASE = dt.timedelta(minutes=3)
"""Longer than a conversation with a server each step of which takes its full time."""
FIRST_BACKOFF = dt.timedelta(minutes=1)
LONGEST_BACKOFF = dt.timedelta(hours=1)


class Deliver(Protocol):
    def __call__(self, server: Server, message: EmailMessage, *, sender: str, to: str) -> Outcome: ...


class MailWorker:
    def __init__(self, context: Context, deliver: Deliver = smtp.deliver) -> None:
        self._context = context
        self._deliver = deliver
        self._waker = Waker(AT_LEAST)

    def wake(self) -> None:
        """A mail may have become due earlier. Safe from any thread."""
        self._waker.wake()

    async def run(self) -> None:
        """Serve until cancelled; a mail under way is then ended by its lease."""
        self._waker.bind()
        while True:
            try:
                seconds = await asyncio.to_thread(self.step)
            except Exception:
                log.exception("mail_failed")
                seconds = RETRY
            await self._waker.wait(seconds)

    def step(self) -> float | None:
        """Send what is due; the seconds until something may be due again, None when only a commit
        can tell."""
        settings = self._context.settings
        if settings.smtp_url is None:
            return None
        server = parse_smtp_url(settings.smtp_url.get_secret_value())
        while (moment := self._next_due()) is not None and moment <= self._context.clock():
            letter = self._claim()
            if letter is not None:
                self._send(server, letter)
        if moment is None:
            return None
        return max(0.01, (moment - self._context.clock()).total_seconds())

    def _next_due(self) -> dt.datetime | None:
        with self._context.database.reading() as session:
            return repository.next_due(session)

    def _claim(self) -> Letter | None:
        """What is to be sent now. None: nothing, or not yet, or no longer."""
        with self._context.work() as unit:
            mail = repository.claim(unit.session, unit.now, unit.now + LEASE)
            return _letter(unit, mail) if mail is not None else None

    def _send(self, server: Server, letter: Letter) -> None:
        sender = self._context.settings.mail_from
        outcome = self._deliver(
            server, compose(letter, sender), sender=parse_sender(sender).addr_spec, to=letter.to
        )
        log.info("mail", mail_id=letter.id, end=outcome.end, why=outcome.reason, answers=len(letter.answers))
        with self._context.work() as unit:
            mail = unit.session.get(Mail, letter.id)
            if mail is not None and mail.state == "sending":
                _after(unit, mail, outcome)


def _letter(unit: Unit, mail: Mail) -> Letter | None:
    contact = unit.session.get(Contact, mail.sender_id)
    conversation = unit.session.get_one(Conversation, mail.conversation_id)
    unread = repository.unread(unit.session, mail.sender_id)
    if contact is None or contact.email is None or not mailable(contact, unit.settings) or not unread:
        mail.state = "dropped"  # read meanwhile, for the most part
        mail.lease_until = None
        return None
    not_before = max(contact.seen_at or mail.created_at, unread[0].sent_at) + unit.settings.mail_after
    if not_before > unit.now:
        mail.state = "waiting"  # they have just been here: they may read it yet
        mail.due_at = not_before
        mail.lease_until = None
        mail.attempts -= 1
        return None
    mail.message_ids = [message.id for message in unread]
    return Letter(
        id=mail.id,
        to=ascii_address(contact.email),
        language=conversation.language,
        answers=tuple((message.author_name or "", message.text) for message in unread),
        link=link(unit.settings, mail.id, unit.now),
        link_days=max(1, unit.settings.mail_link_lifetime.days),
        at=unit.now,
    )


def _after(unit: Unit, mail: Mail, outcome: Outcome) -> None:
    mail.lease_until = None
    mail.error = outcome.reason or None
    contact = unit.session.get_one(Contact, mail.sender_id)
    conversation = unit.session.get_one(Conversation, mail.conversation_id)
    if outcome.end == "sent":
        mail.state, shown = "sent", "sent"
        contact.mailed_at = unit.now
    elif outcome.end == "retry" and unit.now - mail.created_at < unit.settings.mail_give_up_after:
        mail.state, shown = "waiting", "retrying"
        mail.due_at = unit.now + min(FIRST_BACKOFF * 2 ** min(mail.attempts - 1, 10), LONGEST_BACKOFF)
    elif outcome.end == "refused":
        mail.state, shown = "failed", "refused"
        contact.refused = contact.email
        unit.touched.add(conversation)  # what is written next will not be mailed
    else:
        mail.state, shown = "failed", "failed"
    unit.audit(f"mail.{shown}", mail.conversation_id, mail_id=mail.id, reason=mail.error)
    for message_id in mail.message_ids:
        _show(unit, message_id, shown)


def _show(unit: Unit, message_id: str, state: str) -> None:
    message = unit.session.get(Message, message_id)
    if message is not None and message.mail != state:
        message.mail = state
        publish_message(
            unit, "message.updated", unit.session.get_one(Conversation, message.conversation_id), message
        )
