"""The shared answers that the demonstration begins with (`examples.yml`)."""

from pathlib import Path

import yaml

from handoff_service.canned import repository
from handoff_service.canned.schemas import CannedIn
from handoff_service.canned.service import add_shared
from handoff_service.unit import Unit

FILE = Path(__file__).parent / "examples.yml"


def add_examples(unit: Unit) -> None:
    """Where nothing is shared yet: what supervisors have made of them is theirs."""
    if repository.count(unit.session, None):
        return
    for example in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        add_shared(unit, CannedIn.model_validate({**example, "shared": True}))
