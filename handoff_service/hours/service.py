"""The calendar in force: the one that supervisors keep here, else that of the settings."""

from sqlalchemy.orm import Session

from handoff_service.errors import Conflict
from handoff_service.hours import repository
from handoff_service.hours.business_hours import BusinessHours, Calendar, parse_time_zone
from handoff_service.hours.schemas import Hours, HoursIn, HoursOut, OtherDay, Span
from handoff_service.models import StoredHours
from handoff_service.models.people import THE_DESKS_HOURS
from handoff_service.settings import Settings
from handoff_service.unit import Unit


class HoursChanged(Conflict):
    title = "Somebody else has changed the business hours"


def calendar(session: Session, settings: Settings) -> Calendar:
    """The hours in force. Read anew each time, which takes 0.1 ms of a turn: a copy in each process would
    promise people, or refuse them, by hours that a supervisor has just changed through another."""
    stored = repository.get(session)
    if stored is None:
        return Calendar(settings.business_hours, settings.time_zone)
    hours = Hours.model_validate(stored.hours)
    return Calendar(_weekly(hours), parse_time_zone(hours.time_zone), hours.exception_spans())


def shown(unit: Unit) -> HoursOut:
    stored = repository.get(unit.session)
    now = calendar(unit.session, unit.settings)
    if stored is None:
        kept = Hours(
            time_zone=str(now.zone),
            weekly=[[Span.of(span) for span in now.hours.of(day)] for day in range(7)]
            if now.hours.spans
            else None,
        )
    else:
        kept = Hours.model_validate(stored.hours)
    return HoursOut(
        source="stored" if stored else "settings",
        revision=stored.revision if stored else 0,
        time_zone=kept.time_zone,
        weekly=kept.weekly,
        exceptions=[OtherDay.model_validate(each) for each in kept.exceptions],
        open_now=now.open_at(unit.now),
        next_opening=now.next_opening(unit.now),
    )


def change(unit: Unit, given: HoursIn) -> HoursOut:
    """Raises `HoursChanged` when the revision is not the present one."""
    hours = given.model_dump(mode="json", exclude={"revision"})
    stored = repository.get(unit.session)
    if given.revision != (stored.revision if stored else 0):
        raise HoursChanged()
    if stored is None:
        unit.session.add(StoredHours(id=THE_DESKS_HOURS, revision=1, hours=hours))
        unit.session.flush()
    elif not repository.replace(unit.session, hours, given.revision):
        raise HoursChanged()
    unit.session.expire_all()
    unit.audit(
        "hours.change",
        time_zone=given.time_zone,
        weekly=hours["weekly"],
        exceptions=[f"{each['date']} {each['name']}".strip() for each in hours["exceptions"]],
    )
    unit.publish("hours.updated", {})
    return shown(unit)


def _weekly(hours: Hours) -> BusinessHours:
    return BusinessHours(
        tuple((day, *span.minutes()) for day, spans in enumerate(hours.weekly or []) for span in spans)
    )
