"""The one line that counts, and what makes it a failure."""

from pathlib import Path

import pytest

from scripts import suites
from scripts.suites import Result

CASE = '<testcase classname="tests.x" name="{}">{}</testcase>'


def report(folder: Path, *cases: str) -> Path:
    path = folder / "report.xml"
    path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    return path


def case(name: str, inside: str = "") -> str:
    return CASE.format(name, inside)


def test_every_kind_of_end_is_counted_and_an_error_is_a_failure(tmp_path: Path) -> None:
    path = report(
        tmp_path,
        case("one"),
        case("two", "<system-out>words</system-out>"),
        case("three", '<failure message="no">trace</failure>'),
        case("four", '<error message="set-up">trace</error>'),
        case("five", '<skipped message="no browser: install chromium"/>'),
    )

    result = suites.read("service", 1, path, narrowed=False)

    assert result.total_line() == "2 passed, 2 failed, 1 skipped"
    assert result.skips == ["tests.x::five: no browser: install chromium"]


def test_suites_are_summed() -> None:
    total = Result(3, 1, ["a"]) + Result(4, 0, ["b"], ["e2e: no tests were found."])

    assert total.total_line() == "7 passed, 2 failed, 2 skipped"


def test_a_suite_that_found_nothing_has_failed(tmp_path: Path) -> None:
    assert (
        suites.read("e2e", 5, report(tmp_path), narrowed=False).total_line()
        == "0 passed, 1 failed, 0 skipped"
    )


def test_a_suite_may_find_nothing_when_the_caller_narrowed_the_tests(tmp_path: Path) -> None:
    result = suites.read("e2e", 5, report(tmp_path), narrowed=True)

    assert result.total_line() == "0 passed, 0 failed, 0 skipped"
    assert not result.succeeded(skips_allowed=True), "nothing at all was run"


@pytest.mark.parametrize("code", [1, 2, 3, 4, -9, 139])
def test_a_pytest_that_broke_is_a_failure_even_when_its_report_shows_none(tmp_path: Path, code: int) -> None:
    result = suites.read("service", code, report(tmp_path, case("one")), narrowed=False)

    assert result.total_line() == "1 passed, 1 failed, 0 skipped"


def test_no_report_at_all_is_a_failure(tmp_path: Path) -> None:
    assert not suites.read("service", 2, tmp_path / "none.xml", narrowed=True).succeeded(skips_allowed=True)


def test_a_skip_is_a_failure_only_where_none_is_allowed() -> None:
    result = Result(passed=5, skips=["tests.x::five: no browser"])

    assert result.succeeded(skips_allowed=True)
    assert not result.succeeded(skips_allowed=False)


def test_suites_are_chosen_by_name_in_their_usual_order() -> None:
    assert [suite.name for suite in suites.chosen("")] == ["assistant", "service", "console", "e2e"]
    assert [suite.name for suite in suites.chosen("e2e,assistant")] == ["assistant", "e2e"]


def test_an_unknown_suite_is_named_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match=r"no suite 'unit': the suites are assistant, service, console, e2e"):
        suites.chosen("service unit")


def test_a_folder_without_tests_is_missing(tmp_path: Path) -> None:
    suite = suites.SUITES["service"]
    (tmp_path / suite.folder / "deep").mkdir(parents=True)
    assert suites.missing(suite, tmp_path)

    (tmp_path / suite.folder / "deep" / "test_it.py").touch()
    assert not suites.missing(suite, tmp_path)
