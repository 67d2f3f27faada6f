"""What a backtest is asked for over the API."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from handoff_service.rules.document import MAX_CHARACTERS
from handoff_service.schemas import Body, Text
from handoff_service.turns.schemas import Moment


class TuneIn(Body):
    """Which rules may change, by id; all without any. `beta` above 1 weighs missed handoffs more."""

    rules: Annotated[list[Annotated[Text, Field(max_length=64)]], Field(default_factory=list, max_length=200)]
    beta: Annotated[float, Field(ge=0.1, le=10)] = 1.0
    since: Annotated[Moment | None, Field(description="default: 30 days before `until`")] = None
    until: Annotated[
        Moment | None, Field(description="the past as it was then; default: the newest turn")
    ] = None


class BacktestIn(Body):
    """The rules to try are one of `source`, `rules` and `version`; without any, the stored draft."""

    source: Annotated[Text | None, Field(max_length=MAX_CHARACTERS, description="as YAML text")] = None
    rules: Annotated[list[Any] | None, Field(description="as JSON, as `GET /rules` gives them")] = None
    version: Annotated[int | None, Field(ge=1, lt=2**31, description="the number of a stored version")] = None
    since: Annotated[Moment | None, Field(description="default: 30 days before `until`")] = None
    until: Annotated[
        Moment | None, Field(description="the past as it was then; default: the newest turn")
    ] = None

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        if sum(given is not None for given in (self.source, self.rules, self.version)) > 1:
            raise ValueError("give one of source, rules and version")
        return self
