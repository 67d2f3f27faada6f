"""The flows that look an order up: where it is, how its refund is, whether it can be cancelled.

Each flow is a form with one slot, `order_number`, and an action that tells the outcome when the form is done.

- A number in the first message is taken at once. Without one, the order that was found last in this
  session is meant; otherwise the form asks.
- While the form asks, a message that is nothing but a number is the answer, and so is a number within a
  sentence, unless the sentence asks for something else: that is answered by its own rule, then the form
  asks again.
- After two numbers that do not exist the form ends and offers a person. When the shop cannot be reached,
  it ends too and says so.

What the shop said is kept in the slot `order_lookup` for the action of the same turn, which empties both.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shop.answers import Answer, cancellation_answers, order_answers, refund_answers
from actions.shop.numbers import order_number_alone, order_number_in
from actions.shop.port import Order, Shop, ShopUnavailable, order_from_dict, order_to_dict
from actions.shop.settings import shop_from_environment

log = logging.getLogger(__name__)

WRONG_NUMBERS = 2  # a third try would rarely bring the right one; a person helps sooner
NUMBER, LOOKUP, REQUESTED = "order_number", "order_lookup", "requested_slot"

# Intents whose sentence may carry the number that a form has asked for, besides the one that starts it.
_ANSWERS = {"inform_order_number", "affirm", "deny", "nlu_fallback"}

Event = dict[str, Any]


def language_of(tracker: Tracker) -> str:
    """Return "zh" or "en": what this turn was assessed as, else by its characters."""
    language = tracker.get_slot("language")
    if language in ("zh", "en"):
        return language
    text = (tracker.latest_message or {}).get("text") or ""
    return "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"


class OrderNumberForm(FormValidationAction, ABC):
    """Takes the number from the customer's words and asks the shop for it."""

    starts_with: str
    """The intent that starts the form."""

    def __init__(self, shop: Shop | None = None) -> None:
        self.shop = shop or shop_from_environment()

    @abstractmethod
    def name(self) -> str:
        """Return the action's name in the domain."""

    def extract_order_number(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return {"order_number": …} when this turn names one, else {}: the form then rejects the turn."""
        message = tracker.latest_message or {}
        text = message.get("text") or ""
        if starts_now(tracker, self.form_name()):
            number = order_number_alone(text) or order_number_in(text) or _found_before(tracker)
            # A form that was left half-way may have kept a number.
            return {NUMBER: number} if number or tracker.get_slot(NUMBER) else {}
        if tracker.get_slot(REQUESTED) != NUMBER:
            return {}
        number = order_number_alone(text)
        if number is None and (message.get("intent") or {}).get("name") in {self.starts_with, *_ANSWERS}:
            number = order_number_in(text)
        return {} if number is None else {NUMBER: number}

    async def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Look the number up and return the slots that follow from the answer."""
        if not isinstance(value, str):
            return {NUMBER: None}
        try:
            order = await asyncio.to_thread(self.shop.order, value, tracker.sender_id)
        except ShopUnavailable as error:
            log.warning("The order could not be looked up: %s", error)
            return {NUMBER: None, LOOKUP: {"state": "unavailable", "number": value}, REQUESTED: None}
        if order is not None:
            text = (tracker.latest_message or {}).get("text") or ""
            reused = order_number_in(text) is None and order_number_alone(text) is None
            found = {
                "state": "found",
                "number": order.number,
                "order": order_to_dict(order),
                "reused": reused,
            }
            rest = {} if self.goes_on_with(order) else {REQUESTED: None}
            return {NUMBER: order.number, LOOKUP: found, **rest}
        missing = {NUMBER: None, LOOKUP: {"state": "missing", "number": value}}
        if _wrong_numbers(tracker, self.form_name()) + 1 >= WRONG_NUMBERS:
            return {**missing, REQUESTED: None}
        dispatcher.utter_message(response="utter_order_not_found", number=value)
        return missing

    def goes_on_with(self, order: Order) -> bool:
        """Say whether the form needs to know more about this order; otherwise it is complete."""
        return True


class ValidateOrderForm(OrderNumberForm):
    """Where is my order?"""

    starts_with = "order_status"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_order_form"


class ValidateRefundForm(OrderNumberForm):
    """Where is my refund?"""

    starts_with = "refund_status"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_refund_form"


class ValidateCancelForm(OrderNumberForm):
    """Can I still cancel?"""

    starts_with = "cancel_order"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_cancel_form"


class ShowLookup(Action, ABC):
    """Tells what the form found and empties its slots."""

    slots: tuple[str, ...] = (NUMBER, LOOKUP)

    def __init__(self, today: Callable[[], date] = date.today) -> None:
        self._today = today

    @abstractmethod
    def name(self) -> str:
        """Return the action's name in the domain."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """Say one or two messages; return the events that empty the slots."""
        lookup = tracker.get_slot(LOOKUP) or {"state": "unavailable"}
        if lookup["state"] == "found":
            order = order_from_dict(lookup["order"])
            answers = await self.answers(order, tracker, self._today())
            if lookup.get("reused"):
                answers.append(Answer("utter_other_order_hint", {}))
        elif lookup["state"] == "missing":
            answers = [Answer("utter_order_not_found_again", {"number": lookup["number"]})]
        else:
            answers = [Answer("utter_shop_unavailable", {})]
        for answer in answers:
            dispatcher.utter_message(response=answer.response, **answer.values)
        return [SlotSet(slot, None) for slot in self.slots]

    @abstractmethod
    async def answers(self, order: Order, tracker: Tracker, today: date) -> list[Answer]:
        """Return what is said about an order that was found."""


class ActionShowOrder(ShowLookup):
    """Where the order is."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_show_order"

    async def answers(self, order: Order, tracker: Tracker, today: date) -> list[Answer]:
        return order_answers(order, language_of(tracker), today)


class ActionShowRefund(ShowLookup):
    """How far the refund is."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_show_refund"

    async def answers(self, order: Order, tracker: Tracker, today: date) -> list[Answer]:
        return refund_answers(order, language_of(tracker), today)


class ActionShowCancellation(ShowLookup):
    """Whether and how the order can be cancelled."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_show_cancellation"

    async def answers(self, order: Order, tracker: Tracker, today: date) -> list[Answer]:
        return cancellation_answers(order, language_of(tracker), today)


def _events_since(tracker: Tracker, is_start: Callable[[Event], bool]) -> list[Event] | None:
    """Return the events after the latest one that `is_start` accepts, or None where there is none."""
    events = tracker.events or []
    for index in range(len(events) - 1, -1, -1):
        if is_start(events[index]):
            return events[index + 1 :]
    return None


def _starts(form: str) -> Callable[[Event], bool]:
    return lambda event: event.get("event") == "active_loop" and event.get("name") == form


def starts_now(tracker: Tracker, form: str) -> bool:
    """Say whether this message started the form, rather than answering it.

    `requested_slot` cannot tell: it may be left from another form that this one replaces.
    """
    this_turn = _events_since(tracker, lambda event: event.get("event") == "user") or []
    return any(map(_starts(form), this_turn))


def _lookups(events: list[Event], state: str) -> list[dict[str, Any]]:
    values = (
        event.get("value") for event in events if event.get("event") == "slot" and event.get("name") == LOOKUP
    )
    return [value for value in values if isinstance(value, dict) and value.get("state") == state]


def _found_before(tracker: Tracker) -> str | None:
    """Return the number of the order found last in this session: it is what "and my refund?" is about."""
    session = _events_since(tracker, lambda event: event.get("event") == "session_started")
    found = _lookups(tracker.events or [] if session is None else session, "found")
    return found[-1]["number"] if found else None


def _wrong_numbers(tracker: Tracker, form: str) -> int:
    """Count the numbers that did not exist since the form was started."""
    return len(_lookups(_events_since(tracker, _starts(form)) or [], "missing"))
