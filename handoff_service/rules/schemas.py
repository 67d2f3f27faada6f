"""The rules as supervisors read and write them."""

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from handoff_service.rules.document import MAX_CHARACTERS, write_yaml
from handoff_service.rules.editing import RulesRefused
from handoff_service.rules.errors import RuleError
from handoff_service.schemas import Body, Text

Number = Annotated[int, Field(ge=0, lt=2**31)]
Note = Annotated[Text, Field(max_length=500)]


class ActivateIn(Body):
    note: Annotated[Note | None, Field(description="why; kept with the version and in the audit")] = None


class ActivateVersionIn(ActivateIn):
    base_version: Annotated[
        Number | None, Field(description="the version in force as you saw it; 409 when another one is by now")
    ] = None


class RulesText(Body):
    """One of `source` and `rules`."""

    source: Annotated[
        Text | None,
        Field(
            max_length=MAX_CHARACTERS,
            description="the rule set as YAML text; kept as it is, with its comments",
        ),
    ] = None
    rules: Annotated[
        list[Any] | None,
        Field(description="instead of `source`: the rules as JSON, as `GET /rules` gives them"),
    ] = None
    note: Annotated[Note | None, Field(description="why; kept with the version and in the audit")] = None
    base_version: Annotated[
        Number | None,
        Field(description="the version in force that this was made from; 409 when another one is by now"),
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.source is None) == (self.rules is None):
            raise ValueError("give either source or rules")
        return self

    @property
    def text(self) -> str:
        """The YAML text. Raises `RulesRefused`."""
        if self.source is not None:
            return self.source
        try:
            return write_yaml(self.rules)
        except RuleError as error:
            raise RulesRefused(error) from error


class DraftIn(RulesText):
    revision: Annotated[
        Number | None,
        Field(description="of the draft that this replaces, 0 for none; 409 when it has changed"),
    ] = None


class ActivateDraftIn(ActivateIn):
    revision: Annotated[
        Number | None, Field(description="the draft as you saw it; 409 when it has changed")
    ] = None


class FieldOut(BaseModel):
    """What a rule may test: how it compares, a number's bounds, the only texts that can occur (none: any)."""

    name: str
    kind: Literal["flag", "number", "text", "tags"]
    low: float | None
    high: float | None
    choices: list[str]


class VersionOut(BaseModel):
    """`created_by` is `agent:<id>`, `operator` (command line), `file` (HANDOFF_RULES_FILE) or `shipped`, and
    `created_by_name` the agent's name; `activated_…` is about the last time it was put in force, None before
    the first."""

    version: int
    active: bool
    created_at: dt.datetime
    created_by: str
    created_by_name: str | None
    note: str | None
    activated_at: dt.datetime | None
    activated_by: str | None
    activated_by_name: str | None
    activation_note: str | None


class RulesOut(VersionOut):
    """`source` is the text as it was written, `rules` the same as plain values. `file` is the one that
    HANDOFF_RULES_FILE names: rules then cannot be activated here."""

    source: str
    rules: list[dict[str, Any]]
    file: str | None


class DraftOut(BaseModel):
    """`revision` changes with each change of the draft; `base_version` was in force when it was saved."""

    revision: int
    base_version: int
    source: str
    rules: list[dict[str, Any]]
    note: str | None
    updated_at: dt.datetime
    updated_by: str
    updated_by_name: str | None
