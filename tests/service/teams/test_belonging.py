"""Which team a conversation belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_service.teams.belonging import TeamSkills, team_of


def team(name: str, *skills: str) -> TeamSkills:
    return TeamSkills(name.lower(), name, frozenset(skills))


GENERAL = team("General", "zh", "en")
REFUNDS = team("Refunds", "zh", "en", "refund")
LOANS = team("Loans", "zh", "loan", "senior")
TEAMS = [LOANS, REFUNDS, GENERAL]


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        (["zh"], "general"),  # all three cover it; the fewest skills are the most to the point
        (["zh", "refund"], "refunds"),
        (["en", "refund"], "refunds"),
        (["zh", "loan"], "loans"),
        (["en", "loan"], None),  # nobody there speaks English
        (["zh", "risk"], None),
        ([], None),
    ],
)
def test_what_waits_is_with_the_team_whose_skills_cover_what_it_requires(
    required: list[str], expected: str | None
) -> None:
    found = team_of("queue", assignee_team_id=None, named_team_id=None, required=required, teams=TEAMS)

    assert found == expected


@pytest.mark.parametrize(
    ("owner", "assignee", "named", "expected"),
    [
        ("queue", None, "loans", "loans"),  # passed on to it by name, whatever it requires
        ("queue", None, "gone", "refunds"),  # as if it had not been named
        ("agent", "loans", "refunds", "loans"),  # whoever holds it decides
        ("agent", None, "refunds", None),
        ("agent", "gone", None, None),
        ("bot", None, "refunds", None),
    ],
)
def test_whose_it_is(owner: str, assignee: str | None, named: str | None, expected: str | None) -> None:
    found = team_of(
        owner, assignee_team_id=assignee, named_team_id=named, required=["zh", "refund"], teams=TEAMS
    )

    assert found == expected


def test_of_two_that_cover_it_alike_the_first_by_name() -> None:
    teams = [team("B", "zh", "refund"), team("A", "zh", "order")]

    assert team_of("queue", assignee_team_id=None, named_team_id=None, required=["zh"], teams=teams) == "a"


skills = st.frozensets(st.sampled_from(["zh", "en", "refund", "loan"]), max_size=4)


@given(
    st.lists(st.builds(team, st.sampled_from("ABCD")), unique_by=lambda t: t.id),
    st.data(),
    st.lists(st.sampled_from(["zh", "en", "refund"]), unique=True),
)
def test_the_order_of_teams_and_skills_does_not_matter_and_the_team_covers_all(
    named: list[TeamSkills], data: st.DataObject, required: list[str]
) -> None:
    teams = [TeamSkills(each.id, each.name, data.draw(skills)) for each in named]

    def found(teams: list[TeamSkills], required: list[str]) -> str | None:
        return team_of("queue", assignee_team_id=None, named_team_id=None, required=required, teams=teams)

    one = found(teams, required)
    assert found(teams[::-1], required[::-1]) == one
    covering = [each.id for each in teams if required and set(required) <= each.skills]
    assert one in covering if covering else one is None
