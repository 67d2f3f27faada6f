"""What keeps a blocked customer from being handed over; apart, because `ownership` asks for it."""

from handoff_service.blocks import repository
from handoff_service.errors import Conflict
from handoff_service.unit import Unit


class CustomerBlocked(Conflict):
    title = "This customer is blocked"


def refuse_blocked(unit: Unit, sender_id: str) -> None:
    if repository.standing(unit.session, sender_id, unit.now) is not None:
        raise CustomerBlocked("Lift the block first.")
