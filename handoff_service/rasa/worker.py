"""The outbox worker: takes the first open entry of each sender, tells Rasa, writes down what came of it.

Senders are served side by side, each in order. An entry is claimed by a conditional update with a lease, so
several replicas may run this and a crashed one's entries are taken over. A lease that ran out means that
nobody knows how the call ended: such an entry is looked up, never simply sent again.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import aliased

from handoff_service.context import Context
from handoff_service.ingest import tracker
from handoff_service.models import Conversation, Message, OutboxEntry
from handoff_service.rasa import delivery, outbox
from handoff_service.rasa.bot_event import said_by
from handoff_service.rasa.client import NOT_ADDRESSABLE, End, Outcome, RasaClient
from handoff_service.unit import Unit
from handoff_service.waking import Waker

log = structlog.get_logger(__name__)

AT_ONCE = 32
"""Calls to Rasa in flight: its one event loop is busy long before that."""

AT_LEAST = 0.03
"""Seconds between two looks for what is due, however many commits ask for one."""

LEASE_MARGIN = dt.timedelta(seconds=5)

# Built once: each commit asks.
_each = aliased(OutboxEntry)
_HEADS = select(func.min(_each.number)).where(_each.state.in_(outbox.OPEN)).group_by(_each.sender_id)
"""The first open entry of each sender."""
_NEXT_MOMENT = select(func.min(func.coalesce(OutboxEntry.lease_until, OutboxEntry.due_at))).where(
    OutboxEntry.state.in_(outbox.OPEN), OutboxEntry.number.in_(_HEADS)
)
_now = bindparam("now", type_=OutboxEntry.due_at.type)
_DUE_HEADS = (
    select(OutboxEntry.number)
    .where(
        OutboxEntry.number.in_(_HEADS),
        or_(
            OutboxEntry.state.in_(("waiting", "unknown")) & (OutboxEntry.due_at <= _now),
            (OutboxEntry.state == "sending") & (OutboxEntry.lease_until <= _now),
        ),
    )
    .order_by(OutboxEntry.number)
)

# A conversation that Rasa has never stored has no session yet; a bare pause would be stamped before the
# session that Rasa then begins, and would be lost with it.
FIRST_SESSION: list[dict[str, Any]] = [
    {"event": "action", "name": "action_session_start"},
    {"event": "session_started"},
    {"event": "action", "name": "action_listen"},
]


class OutboxWorker:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._waker = Waker(AT_LEAST)
        self._busy: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something may have become due. Safe from any thread."""
        self._waker.wake()

    async def run(self) -> None:
        """Serve until cancelled; a call under way is then ended by its lease."""
        self._waker.bind()
        self._rasa = RasaClient(self._context.settings)  # anew when the worker is started again
        try:
            while True:
                # Most wakes are for nothing: first whether anything is due, which is one look.
                seconds = await asyncio.to_thread(self._seconds_until_due)
                claimed = await asyncio.to_thread(self._claim) if seconds == 0 else []
                for number in claimed:
                    task = asyncio.create_task(self._serve(number))
                    self._busy.add(task)
                    task.add_done_callback(self._ended)
                if not claimed:
                    await self._waker.wait(None if seconds is None else max(0.01, seconds))
        finally:
            for task in self._busy:
                task.cancel()
            await self._rasa.close()

    # --- claiming ---------------------------------------------------------------------------------

    def _claim(self) -> list[int]:
        room = AT_ONCE - len(self._busy)
        if room <= 0:
            return []
        now = self._context.clock()
        with self._context.database.reading() as session:
            due = list(session.scalars(_DUE_HEADS.limit(room), {"now": now}))
        if not due:
            return []
        with self._context.work() as unit:
            lease = unit.settings.rasa_timeout + LEASE_MARGIN
            return [number for number in due if _claim_one(unit, number, unit.now + lease)]

    def _seconds_until_due(self) -> float | None:
        """Until an entry is due or a lease runs out; 0 when one is. A call that ends wakes the worker."""
        if len(self._busy) >= AT_ONCE:
            return None
        with self._context.database.reading() as session:
            moment = session.scalar(_NEXT_MOMENT)
        if moment is None:
            return None
        return max(0.0, (_aware(moment) - self._context.clock()).total_seconds())

    # --- serving ----------------------------------------------------------------------------------

    async def _serve(self, number: int) -> None:
        try:
            await self._serve_claimed(number)
        except Exception:
            log.exception("outbox_entry_failed", number=number)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._waker.wake()

    async def _serve_claimed(self, number: int) -> None:
        job = await asyncio.to_thread(self._prepare, number)
        if job is None:
            return
        if job.looked_up_first:
            events = await self._rasa.events(job.sender_id)
            if events is None:
                postpone = _look_up_later if job.was_unknown else _try_later
                await self._write(number, postpone)
                return
            if job.shown_by(events):
                await self._write(number, _shown)
                return
            if not job.wanted:
                await self._write(number, _drop)
                return
            if job.in_vain:
                await self._write(number, _give_up)
                return
            job = job.for_tracker(events)
        outcome = await job.call(self._rasa)
        log.info("told_rasa", what=job.kind, end=outcome.end, why=outcome.reason, **job.trace)
        await self._write(number, lambda unit, entry: _after(unit, entry, outcome))

    def _prepare(self, number: int) -> "_Job | None":
        with self._context.work() as unit:
            entry = unit.session.get(OutboxEntry, number)
            conversation = unit.session.get(Conversation, entry.conversation_id) if entry else None
            if entry is None or conversation is None or entry.state != "sending":
                return None
            was_unknown = entry.payload.get("was_unknown") is True
            wanted = outbox.still_wanted(unit.session, entry, conversation)
            # Words that may have been said already are looked up first, wanted or not.
            if not wanted and (not was_unknown or entry.kind in ("pause", "resume")):
                _drop(unit, entry)
                return None
            entry.attempts += 1
            delivery.sending(unit, entry)
            message = unit.session.get(Message, entry.message_id) if entry.message_id else None
            idempotent = conversation.channel in unit.settings.idempotent_channels
            said = None
            if message is not None:
                resend, buttons = entry.payload.get("resend"), entry.payload.get("buttons")
                said = said_by(message, resend, conversation.channel, unit.settings, unit.now, buttons)
            return _Job(entry, conversation, message, said, wanted=wanted, idempotent=idempotent)

    async def _write(self, number: int, change: Callable[[Unit, OutboxEntry], None]) -> None:
        def write() -> None:
            with self._context.work() as unit:
                entry = unit.session.get(OutboxEntry, number)
                if entry is not None:
                    entry.lease_until = None
                    change(unit, entry)

        await asyncio.to_thread(write)


class _Job:
    """What is to be told, taken out of the database for the time of the call."""

    def __init__(
        self,
        entry: OutboxEntry,
        conversation: Conversation,
        message: Message | None,
        said: dict[str, Any] | None,
        *,
        wanted: bool,
        idempotent: bool,
    ) -> None:
        self.kind = entry.kind
        self.sender_id = entry.sender_id
        self.channel = conversation.channel
        self.wanted = wanted
        self.was_unknown = entry.payload.get("was_unknown") is True
        self._payload = entry.payload
        self._message = message
        self._said = said
        self._number = entry.number
        self._epoch = conversation.epoch
        tries = delivery.REFUSALS if idempotent or entry.kind != "say" else 1
        # Pause and resume are never given up: they only make Rasa what it has to be.
        self.in_vain = entry.kind in ("say", "answer", "recall") and entry.payload.get("unknown", 0) >= tries
        # A pause has to know whether Rasa has ever stored the conversation, and whether the assistant's
        # own pause is there already but its event still on the way.
        self.looked_up_first = self.was_unknown or entry.kind == "pause" or bool(entry.payload.get("look_up"))
        self._first_session = False
        self.trace = {
            "correlation_id": entry.payload.get("correlation_id"),
            "conversation_id": entry.conversation_id,
            "message_id": entry.message_id,
        }

    def for_tracker(self, events: list[dict[str, Any]]) -> "_Job":
        self._first_session = not any(event.get("event") == "user" for event in events)
        return self

    def shown_by(self, events: list[dict[str, Any]]) -> bool:
        """Whether the tracker shows that it has been done."""
        if self.kind == "say" and self._message is not None:
            return any(
                _our_id(event) == self._message.id
                and delivery.shows(self._payload, _metadata(event).get("resend"))
                for event in events
            )
        if self.kind == "recall" and self._message is not None:
            return any(_our_id(event) == f"{delivery.RECALL}{self._message.id}" for event in events)
        if self.kind == "answer":
            return any(_metadata(event).get("outbox") == self._number for event in events) or _triggered(
                events, self._payload.get("intent")
            )
        if self.kind == "pause":
            own = self._payload.get("handoff_id")
            return own is not None and any(
                event.get("event") == "pause" and _metadata(event).get("handoff_id") == own
                for event in events
            )
        return False

    async def call(self, rasa: RasaClient) -> Outcome:
        if self.kind == "pause":
            pause = {"event": "pause", "metadata": {"by": "handoff_service", "epoch": self._epoch}}
            return await rasa.append(self.sender_id, [*(FIRST_SESSION if self._first_session else []), pause])
        if self.kind == "resume":
            return await rasa.append(
                self.sender_id,
                [
                    {"event": "slot", "name": "turn", "value": None},
                    {"event": "slot", "name": "handoff_outcome", "value": self._payload.get("outcome")},
                    {"event": "resume", "metadata": {"by": "handoff_service", "epoch": self._epoch}},
                ],
            )
        if self.kind == "answer":
            return await rasa.trigger_intent(
                self.sender_id, self._payload["intent"], self._payload["entities"], self.channel
            )
        assert self._message is not None  # a say and a recall have theirs
        assert self._said is not None
        if not self.channel:
            return Outcome(End.refused, "channel_unknown", retryable=False)
        event = _recall(self._message) if self.kind == "recall" else self._said
        return await rasa.append(self.sender_id, [event], self.channel)


def _recall(message: Message) -> dict[str, Any]:
    """An event without words: the channel takes back what it has shown."""
    return {
        "event": "bot",
        "text": "",
        "data": {},
        "metadata": {
            "message_id": f"{delivery.RECALL}{message.id}",
            "author": message.author,
            "recalls": message.id,
        },
    }


def _after(unit: Unit, entry: OutboxEntry, outcome: Outcome) -> None:
    if outcome.end is End.accepted:
        _done(unit, entry)
    elif entry.state not in outbox.OPEN:
        return  # its echo came while the call was failing
    elif outcome.end is End.unknown:
        _ended_in_the_dark(entry)
        delivery.unknown(unit, entry, outcome.reason)
    elif outcome.retryable or entry.attempts < delivery.REFUSALS or _must_be_done(entry, outcome):
        delivery.again(unit, entry, outcome.reason)
    else:
        delivery.failed(unit, entry, outcome.reason)


def _must_be_done(entry: OutboxEntry, outcome: Outcome) -> bool:
    """Pause and resume are never given up, unless Rasa cannot be told of this conversation at all."""
    return entry.kind in ("pause", "resume") and outcome.reason != NOT_ADDRESSABLE


def _drop(unit: Unit, entry: OutboxEntry) -> None:
    delivery.dropped(unit, entry)
    if entry.kind in ("pause", "resume"):
        unit.session.flush()
        tracker.mend(unit, entry.sender_id)  # a mend that found this one under way has left it to this one


def _done(unit: Unit, entry: OutboxEntry) -> None:
    if entry.kind in ("say", "recall"):
        if entry.state != "done":
            delivery.sent(unit, entry)
        return
    entry.state = "done"
    if entry.kind == "pause":
        conversation = unit.session.get(Conversation, entry.conversation_id)
        if conversation is not None and conversation.owner != "bot":
            delivery.paused(unit, conversation)
    elif entry.kind == "resume":
        delivery.resumed(unit, entry)


def _shown(unit: Unit, entry: OutboxEntry) -> None:
    """The tracker shows it. A pause shown there is the assistant's own, which came with the notice."""
    if entry.kind == "pause":
        entry.state = "done"
        delivery.pause_seen(unit, entry.sender_id, entry.payload.get("handoff_id"))
    else:
        _done(unit, entry)


def _give_up(unit: Unit, entry: OutboxEntry) -> None:
    if entry.state in outbox.OPEN:
        delivery.failed(unit, entry, "unconfirmed")


def _look_up_later(unit: Unit, entry: OutboxEntry) -> None:
    if entry.state in outbox.OPEN:
        delivery.unknown(unit, entry, "Rasa cannot be asked what it has said")


def _try_later(unit: Unit, entry: OutboxEntry) -> None:
    if entry.state in outbox.OPEN:
        delivery.again(unit, entry, "Rasa cannot be reached")


def _ended_in_the_dark(entry: OutboxEntry) -> None:
    times = entry.payload.get("unknown", 0) + 1
    entry.payload = {**entry.payload, "was_unknown": True, "unknown": times}


def _claim_one(unit: Unit, number: int, lease_until: dt.datetime) -> bool:
    entry = unit.session.get(OutboxEntry, number)
    if entry is None or entry.state not in outbox.OPEN:
        return False
    if entry.state == "sending":  # the lease ran out: whoever held it did not say how the call ended
        _ended_in_the_dark(entry)
    elif entry.state == "waiting":
        entry.payload = {key: value for key, value in entry.payload.items() if key != "was_unknown"}
    before = entry.lease_until
    unit.session.flush()
    claimed = unit.session.scalar(
        update(OutboxEntry)
        .where(
            OutboxEntry.number == number,
            OutboxEntry.state == entry.state,
            OutboxEntry.lease_until.is_(None) if before is None else OutboxEntry.lease_until == before,
        )
        .values(state="sending", lease_until=lease_until)
        .returning(OutboxEntry.number)
    )
    return claimed is not None


def _metadata(event: dict[str, Any]) -> dict[str, Any]:
    metadata = event.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _our_id(event: dict[str, Any]) -> object:
    return _metadata(event).get("message_id") if event.get("event") == "bot" else None


def _triggered(events: list[dict[str, Any]], intent: object) -> bool:
    """Whether the intent was triggered from outside since the last resume."""
    for event in reversed(events):
        if event.get("event") == "resume":
            return False
        if event.get("event") == "user" and event.get("text") == f"EXTERNAL: {intent}":
            return True
    return False


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
