"""Which team a conversation belongs to. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TeamSkills:
    """A team as far as the question goes. `skills` hold languages too, as those of agents do."""

    id: str
    name: str
    skills: frozenset[str]


def team_of(
    owner: str,
    *,
    assignee_team_id: str | None,
    named_team_id: str | None,
    required: Iterable[str],
    teams: Sequence[TeamSkills],
) -> str | None:
    """The team of whoever holds it; of what waits, the one that it was passed on to, else the one whose
    skills cover what it requires. None with the bot, and where no team answers to that.

    Of several that cover it, the one with the fewest skills is the most to the point; then by name. What
    requires nothing is covered by every team and so is no team's.
    """
    if owner == "agent":
        return assignee_team_id if any(team.id == assignee_team_id for team in teams) else None
    if owner != "queue":
        return None
    if any(team.id == named_team_id for team in teams):
        return named_team_id
    wanted = frozenset(required)
    covering = [team for team in teams if wanted and wanted <= team.skills]
    return min(covering, key=lambda team: (len(team.skills), team.name, team.id)).id if covering else None
