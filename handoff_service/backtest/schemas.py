"""What a backtest is asked for over the API."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from handoff_service.rules.document import MAX_CHARACTERS
from handoff_service.schemas import STORABLE, Body
from handoff_service.turns.schemas import Moment


class BacktestIn(Body):
    """The rules to try: `source` (YAML) or the number of a stored `version`. Times as in the window of
    `service.window_of`."""

    source: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS), STORABLE] | None = None
    version: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    since: Moment | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _one_rule_set(self) -> Self:
        if (self.source is None) == (self.version is None):
            raise ValueError("give either source or version")
        return self
