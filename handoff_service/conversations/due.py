"""By when a message that a customer left is to be answered."""

import datetime as dt

from handoff_service.settings import Settings


def answer_due(settings: Settings, now: dt.datetime) -> dt.datetime:
    """`message_due_after`, counted in business hours alone."""
    return settings.business_hours.after(now, settings.message_due_after, settings.time_zone)
