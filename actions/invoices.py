"""The invoice form: order, title, tax number and e-mail address; then the shop is asked for the invoice."""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.form_words import LEAVES, NOTHING_ELSE, intent_of, words_of
from actions.invoice_details import (
    LONGEST_TITLE,
    PERSONAL,
    email_in,
    is_personal,
    is_tax_number,
    organisation_in,
    tax_number_in,
    without_details,
)
from actions.orders import LOOKUP, NUMBER, REQUESTED, OrderNumberForm, ShowLookup, language_of, starts_now
from actions.shop.answers import Answer, is_invoiceable
from actions.shop.port import InvoiceRequest, Order, Shop, ShopUnavailable
from actions.shop.settings import shop_from_environment
from actions.shop.wording import money_text

log = logging.getLogger(__name__)

TITLE, TAX_NUMBER, EMAIL = "invoice_title", "tax_number", "invoice_email"
NO_TAX_NUMBER = "none"  # a private person's; None would ask for it


class ValidateInvoiceForm(OrderNumberForm):
    """Takes the details of an invoice from the customer's words and checks them."""

    starts_with = "invoice"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_invoice_form"

    def goes_on_with(self, order: Order) -> bool:
        """Only a paid order gets an invoice."""
        return is_invoiceable(order)

    def extract_invoice_title(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return {"invoice_title": …} when this turn names one, else {}."""
        text, intent = words_of(tracker), intent_of(tracker)
        personal = PERSONAL[language_of(tracker)] if is_personal(text) else None
        if starts_now(tracker, self.form_name()):
            title = personal or organisation_in(text)
            return {TITLE: title} if title or tracker.get_slot(TITLE) else {}
        if tracker.get_slot(REQUESTED) != TITLE or intent in LEAVES:
            return {}
        title = personal or organisation_in(text)
        if title is None and intent in NOTHING_ELSE:
            title = without_details(text)
        return {TITLE: title} if title else {}

    def validate_invoice_title(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Refuse what cannot be a name; a private person needs no tax number."""
        if not isinstance(value, str) or not any(map(str.isalpha, value)):
            return {TITLE: None}
        if len(value) > LONGEST_TITLE:
            dispatcher.utter_message(response="utter_invoice_title_too_long")
            return {TITLE: None}
        if value in PERSONAL.values():
            return {TITLE: value, TAX_NUMBER: NO_TAX_NUMBER}
        return {TITLE: value}

    def extract_tax_number(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return {"tax_number": …} when it is asked for or stands beside the title, else {}."""
        code = tax_number_in(words_of(tracker))
        if starts_now(tracker, self.form_name()):
            right = code if code and is_tax_number(code) else None
            return {TAX_NUMBER: right} if right or tracker.get_slot(TAX_NUMBER) else {}
        if tracker.get_slot(REQUESTED) == TITLE:
            return {TAX_NUMBER: code} if code and is_tax_number(code) else {}
        if tracker.get_slot(REQUESTED) != TAX_NUMBER or intent_of(tracker) in LEAVES:
            return {}
        return {TAX_NUMBER: code} if code else {}

    def validate_tax_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Refuse a number that cannot be one, and say so."""
        if value == NO_TAX_NUMBER or (isinstance(value, str) and is_tax_number(value)):
            return {TAX_NUMBER: value}
        if value is not None:
            dispatcher.utter_message(response="utter_tax_number_wrong", value=value)
        return {TAX_NUMBER: None}

    def extract_invoice_email(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return {"invoice_email": …} wherever an address stands, else what was meant as one."""
        text = words_of(tracker)
        email = email_in(text)
        if starts_now(tracker, self.form_name()):
            return {EMAIL: email} if email or tracker.get_slot(EMAIL) else {}
        if email is None and tracker.get_slot(REQUESTED) == EMAIL and "@" in text:
            email = text.strip()
        return {EMAIL: email} if email else {}

    def validate_invoice_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Refuse an address that cannot be one, and say so."""
        if isinstance(value, str) and email_in(value) == value:
            return {EMAIL: value}
        if value is not None:
            dispatcher.utter_message(response="utter_email_wrong")
        return {EMAIL: None}


class ActionRequestInvoice(ShowLookup):
    """Asks the shop for the invoice and tells how it went."""

    slots = (NUMBER, LOOKUP, TITLE, TAX_NUMBER, EMAIL)

    def __init__(self, shop: Shop | None = None) -> None:
        super().__init__()
        self._shop = shop or shop_from_environment()

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_request_invoice"

    async def answers(self, order: Order, tracker: Tracker, today: date) -> list[Answer]:
        """Return what is said about an order that was found."""
        if not is_invoiceable(order):
            kind = "unpaid" if order.status == "unpaid" else "cancelled"
            return [Answer(f"utter_invoice_{kind}", {"number": order.number})]
        tax_number = tracker.get_slot(TAX_NUMBER)
        invoice = InvoiceRequest(
            title=tracker.get_slot(TITLE),
            tax_number=None if tax_number == NO_TAX_NUMBER else tax_number,
            email=tracker.get_slot(EMAIL),
        )
        try:
            taken = await asyncio.to_thread(
                self._shop.request_invoice, order.number, invoice, tracker.sender_id
            )
        except ShopUnavailable as error:
            log.warning("The invoice could not be asked for: %s", error)
            return [Answer("utter_shop_unavailable", {})]
        if not taken:
            return [Answer("utter_order_not_found_again", {"number": order.number})]
        values = {
            "number": order.number,
            "amount": money_text(order.amount, order.currency),
            "title": invoice.title,
            "email": invoice.email,
        }
        if invoice.tax_number is None:
            return [Answer("utter_invoice_requested", values)]
        return [Answer("utter_invoice_requested_company", {**values, "tax_number": invoice.tax_number})]
