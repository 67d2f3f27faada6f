"""By when a message that a customer left is to be answered."""

import datetime as dt

from handoff_service.hours.service import calendar
from handoff_service.unit import Unit


def answer_due(unit: Unit) -> dt.datetime:
    """`message_due_after`, counted in business hours alone."""
    return calendar(unit.session, unit.settings).after(unit.now, unit.settings.message_due_after)
