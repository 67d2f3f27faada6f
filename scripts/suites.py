"""The test suites: where each lives and runs, and what its JUnit report says."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from scripts import console_build
from scripts.settings import ASSISTANT_PYTHON, ROOT, SERVICE_PYTHON

NO_TESTS = 5  # pytest's exit code when nothing was collected
FAILED = (0, 1)  # its exit codes when the report tells everything


@dataclass(frozen=True)
class Suite:
    """A folder of tests, run by pytest in one of the environments."""

    name: str
    python: Path = SERVICE_PYTHON
    options: tuple[str, ...] = ()
    _: KW_ONLY
    first: bool = False  # takes longest, and waits for servers of its own: the others yield to it
    needs_model: bool
    needs_console: bool
    tests: str = "test_*.py"

    @property
    def folder(self) -> str:
        return f"tests/{self.name}"

    def command(self, report: Path, extra: Sequence[str]) -> list[str]:
        return [
            *(str(self.python), "-m", "pytest", *self.options, self.folder),
            *(f"--junit-xml={report}", *extra),
        ]


@dataclass(frozen=True)
class ConsoleSuite(Suite):
    """The console's own tests, run by vitest."""

    def command(self, report: Path, extra: Sequence[str]) -> list[str]:
        vitest = console_build.tool("vitest", "run", f"--config={console_build.CONSOLE}/vite.config.ts")
        return [*vitest, "--reporter=default", "--reporter=junit", f"--outputFile.junit={report}", *extra]


_SERVICE_OPTIONS = ("-c", "handoff_service/pyproject.toml", "--rootdir", ".")
SUITES = {
    suite.name: suite
    for suite in (
        Suite("assistant", ASSISTANT_PYTHON, needs_model=True, needs_console=False),
        Suite("service", SERVICE_PYTHON, _SERVICE_OPTIONS, needs_model=False, needs_console=True),
        ConsoleSuite("console", needs_model=False, needs_console=True, tests="*.test.ts"),
        Suite("e2e", SERVICE_PYTHON, _SERVICE_OPTIONS, first=True, needs_model=True, needs_console=True),
    )
}


@dataclass
class Result:
    """What one or more suites came to. `problems` are failures that no single test reports."""

    passed: int = 0
    failed: int = 0
    skips: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __add__(self, other: Result) -> Result:
        return Result(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skips + other.skips,
            self.problems + other.problems,
        )

    def total_line(self) -> str:
        return f"{self.passed} passed, {self.failed + len(self.problems)} failed, {len(self.skips)} skipped"

    def succeeded(self, *, skips_allowed: bool) -> bool:
        clean = not self.failed and not self.problems and self.passed > 0
        return clean and (skips_allowed or not self.skips)


def read(suite: str, code: int, report: Path, *, narrowed: bool) -> Result:
    """The result of a suite from pytest's exit code and report. A suite that ran nothing has failed,
    unless the tests were `narrowed` by the caller's own arguments."""
    result = Result()
    if report.exists():
        for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - see above
            kinds = {child.tag: child for child in case}
            if "failure" in kinds or "error" in kinds:
                result.failed += 1
            elif "skipped" in kinds:
                name = f"{case.get('classname')}::{case.get('name')}"
                result.skips.append(f"{name}: {kinds['skipped'].get('message') or 'no reason given'}")
            else:
                result.passed += 1
    if code == NO_TESTS:
        if not narrowed:
            result.problems.append(f"{suite}: no tests were found.")
    elif code not in FAILED or (code != 0 and not result.failed):
        result.problems.append(f"{suite}: it ended with code {code} without a full report.")
    return result


def chosen(names: str, *, narrowed: bool = False) -> list[Suite]:
    """Suites by comma- or space-separated names, in the usual order; all of them for an empty text. Without
    names, arguments that narrow the tests are pytest's, and concern its suites."""
    usual = [name for name, suite in SUITES.items() if not (narrowed and isinstance(suite, ConsoleSuite))]
    wanted = names.replace(",", " ").split() or usual
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        raise ValueError(f"there is no suite {unknown[0]!r}: the suites are {', '.join(SUITES)}.")
    return [suite for name, suite in SUITES.items() if name in wanted]


def missing(suite: Suite, root: Path = ROOT) -> bool:
    return not any((root / suite.folder).rglob(suite.tests))
