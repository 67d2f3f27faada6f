"""What a canned answer may leave open."""

import time

import pytest

from handoff_service.canned.variables import VARIABLES, open_in, unknown_in


def test_every_variable_is_known_with_and_without_spaces() -> None:
    for name in VARIABLES:
        assert unknown_in(f"a {{{{{name}}}}} b {{{{ {name} }}}} c") == []
        assert open_in(f"a {{{{{name}}}}} b {{{{ {name} }}}} c") == [name]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("您好，{{customer.nme}}", ["customer.nme"]),
        ("{{}} {{a}} {{a}} {{ b c }}", ["", "a", "b c"]),
        ("{{customer.name", ["{{"]),
        ("{{customer.name} }", ["{{"]),
        ("{{{customer.name}}}", []),
        ("{customer.name} { } }}", []),
        ("", []),
    ],
)
def test_what_is_no_variable_is_named(text: str, unknown: list[str]) -> None:
    assert unknown_in(text) == unknown


def test_only_what_could_be_filled_in_counts_as_open() -> None:
    assert open_in("{{customer.name}} {{nothing}} {{ agent.name }} {{customer.name}}") == [
        "customer.name",
        "agent.name",
    ]


@pytest.mark.parametrize("text", ["{{" + " " * 10_000, "{{ a" * 2_500, "{{ x" + " " * 10_000 + "{"])
def test_no_text_keeps_it_busy(text: str) -> None:
    began = time.process_time()
    open_in(text)
    unknown_in(text)

    assert time.process_time() - began < 1
