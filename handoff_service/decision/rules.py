"""Rules as data: a condition over facts, and what follows when it holds. A rule may only raise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handoff_service.decision.priority import Priority

type Scalar = bool | int | float | str | None
type Condition = AllOf | AnyOf | Not | Comparison


class Operator(StrEnum):
    """How a field is compared. For a field of several values (tags), `eq` and `in` ask whether it has one."""

    eq = "eq"
    is_in = "in"
    gte = "gte"
    lte = "lte"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field (a name of `fields.FIELDS`) compared with a value; a tuple of values for `in`."""

    field: str
    operator: Operator
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Effect:
    """What a matching rule adds to the decision.

    Skills are listed most important first. `strict` ones, a subset of `required`, are never relaxed.
    `messages` (language → text) is said to the customer before anything else when the rule hands over.
    `alert` (language → text, empty for words made from what matched) tells supervisors; None tells nobody.
    """

    hand_over: bool = False
    priority: Priority | None = None
    required: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    strict: frozenset[str] = frozenset()
    messages: Mapping[str, str] = field(default_factory=dict, hash=False)
    alert: Mapping[str, str] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `id` is unique within its set and is what reasons and reports name.

    `name` (language → text) is what explanations call it; empty where the id has to do.
    """

    id: str
    when: Condition
    then: Effect
    name: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of one version, in the order in which they are tested and reported."""

    version: int
    rules: tuple[Rule, ...]
