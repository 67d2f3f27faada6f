"""One turn: store the words, decide, and where a person is wanted open the handoff, in one transaction."""

import datetime as dt
from typing import Any

from handoff_service.alerts.service import raise_alerts
from handoff_service.blocks import service as blocks
from handoff_service.conversations import messages, repository
from handoff_service.conversations.messages import customer_wrote
from handoff_service.decision.decide import Decision, decide
from handoff_service.decision.facts import Customer, Facts, PastTurn, Signals
from handoff_service.decision.rules import RuleSet
from handoff_service.decision.running import running_values
from handoff_service.handoffs import service as handoffs
from handoff_service.hours.service import calendar
from handoff_service.learned.service import score_of
from handoff_service.models import Conversation, Turn
from handoff_service.models.base import new_id
from handoff_service.ratings import service as ratings
from handoff_service.rules.service import active_rules
from handoff_service.turns import repository as turns
from handoff_service.turns.schemas import TurnIn
from handoff_service.unit import Unit


def take_turn(unit: Unit, given: TurnIn, *, late: bool = False) -> dict[str, Any]:
    """The answer for a turn; the same answer for ever when asked again.

    `late`: the assistant could not reach us when the turn was on, so the bot has already answered. A
    handoff is then paused for and told by the service itself.
    """
    known = turns.find(unit.session, given.sender_id, given.message_id)
    if known is not None:
        return known.answer
    signals = Signals.from_dict(given.signals)
    rules = active_rules(unit)
    words = "" if given.attachments else given.text
    rated = ratings.answered_by(unit, given.sender_id, words, given.sent_at)
    conversation, message, _new = customer_wrote(
        unit,
        sender_id=given.sender_id,
        channel=given.channel,
        message_id=given.message_id,
        text=given.text,
        sent_at=given.sent_at,
        attachments=given.attachments,
        answers=unit.session.get(Conversation, rated[0].conversation_id) if rated else None,
    )
    if signals.language and not rated:  # a number is in no language
        conversation.language = signals.language
    # What nobody is to answer is no evidence for the rules either.
    owner = "nobody" if rated or blocks.keeps_out(unit, conversation) else conversation.owner
    # A late turn may be of a time before the last return: it is no new evidence then.
    current = conversation.status != "resolved" and message.seq > conversation.returned_seq
    turn = Turn(
        id=new_id(),
        sender_id=given.sender_id,
        message_id=given.message_id,
        conversation_id=conversation.id,
        seq=message.seq,
        sent_at=given.sent_at,
        owner=owner,
        signals=signals.to_dict(),
        decision="noted" if rated else "silent",
        reasons=[],
        rules_version=rules.version,
        created_at=unit.now,
    )
    handoff = decision = None
    if owner == "bot" and current:
        # What this turn has changed so far is not what is read here, and is written with the rest of it.
        with unit.session.no_autoflush:
            decision = _decide(unit, conversation, turn, signals, rules)
        if decision.handoff:
            handoff = handoffs.open_for_decision(unit, conversation, decision, late=late)
    elif owner == "queue":
        _while_waiting(unit, conversation, signals)
    elif rated:
        ratings.take(unit, *rated)
        ratings.thank(unit, *rated)
    elif owner != "nobody":
        handoffs.wake_if_snoozed(unit, conversation)
    turn.answer = {
        "decision": turn.decision,
        "turn_id": turn.id,
        "conversation_id": conversation.id,
        "epoch": conversation.epoch,
        "reasons": turn.reasons,
        "rule": turn.rule,
        "rules_version": turn.rules_version,
        "handoff": handoff,
    }
    unit.session.add(turn)
    if decision is not None and decision.alerts:
        unit.session.flush()
        raise_alerts(unit, conversation, turn, Facts.from_dict(turn.facts), rules, decision.alerts)
    return turn.answer


def _decide(unit: Unit, conversation: Conversation, turn: Turn, signals: Signals, rules: RuleSet) -> Decision:
    """Decide from the stored evidence, and keep the facts so that the decision can be repeated."""
    past = [
        PastTurn(Signals.from_dict(earlier), sent_at)
        for earlier, sent_at in turns.evidence(unit.session, conversation.id, conversation.returned_seq)
    ]
    customer = repository.customer_of(unit.session, conversation.sender_id)
    online = repository.agents_online(unit.session)
    learned_score, learned_version = score_of(unit, conversation, turn)
    facts = Facts(
        signals=signals,
        running=running_values(past, signals, at=turn.sent_at),
        customer=Customer(customer.tier, frozenset(customer.tags)) if customer else Customer(),
        agents_online=len(online),
        channel=conversation.channel,
        business_hours=calendar(unit.session, unit.settings).open_at(unit.now),
        just_resolved=_just_resolved(unit, conversation, turn),
        agents_available=sum(agent.could_take(conversation.language) for agent in online),
        learned_score=learned_score,
        learned_version=learned_version,
    )
    decision = decide(facts, rules)
    turn.facts = facts.to_dict()
    turn.decision = "handoff" if decision.handoff else "stay"
    turn.rule = decision.rule
    turn.reasons = [{"rule": reason.rule, "why": dict(reason.why)} for reason in decision.reasons]
    turn.rules_version = decision.rules_version
    return decision


def _just_resolved(unit: Unit, conversation: Conversation, turn: Turn) -> bool:
    """Whether an agent resolved the conversation before this one shortly before the turn. Once this one has
    been with a person itself, that is no news any more."""
    before = unit.session.get(Conversation, conversation.previous_id) if conversation.previous_id else None
    if before is None or before.resolved_at is None or conversation.returned_seq:
        return False
    by_agent = (before.resolved_by or "").startswith("agent:")
    return by_agent and turn.sent_at - before.resolved_at <= unit.settings.follow_up_within


def _while_waiting(unit: Unit, conversation: Conversation, signals: Signals) -> None:
    """In the queue a customer may give up; else they hear, once per interval, that they are not forgotten.
    Where people answer elsewhere, that is theirs to see to."""
    if conversation.channel in unit.settings.outside_channels:
        return
    if signals.gives_up:
        unit.actor, before = "customer", unit.actor
        handoffs.give_up(unit, conversation)
        unit.actor = before
        return
    reminded = conversation.reminded_at or dt.datetime.min.replace(tzinfo=dt.UTC)
    if unit.now - reminded >= unit.settings.remind_every:
        conversation.reminded_at = unit.now
        place = handoffs.place_of(unit, conversation)
        messages.system_says(unit, conversation, "queue_reminder", position=place.position if place else 1)
