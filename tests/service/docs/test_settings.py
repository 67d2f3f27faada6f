"""Every setting is documented, in both languages, with the default that it has."""

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from handoff_service.settings import Settings
from scripts import secrets_file
from scripts.settings import PORTS, ROOT
from tests.service.docs.pages import cells

PAGES = ("docs/operations/settings.md", "docs/operations/settings.zh-CN.md")
SOURCES = ("actions", "channels", "handoff_service", "rasa_parts", "scripts")
NOT_OURS = {"PATH", "HOME", "NO_PROXY", "no_proxy"}
NO_DEFAULT = "–"

_NAME = re.compile(r"`([A-Z][A-Z0-9_]+)`")
_READ = re.compile(r"environ(?:\.get\(|\[)\s*\"(\w+)\"")


def documented(name: str) -> dict[str, str]:
    """Default by variable, as the page has them."""
    return {variable: row[1].strip("`") for row in cells(name) for variable in _NAME.findall(row[0])}


def variable_of(name: str, field: FieldInfo) -> str:
    if isinstance(field.validation_alias, AliasChoices):
        return str(field.validation_alias.choices[0])
    return f"{Settings.model_config['env_prefix']}{name}".upper()


def sources() -> list[Path]:
    return [file for folder in SOURCES for file in (ROOT / folder).rglob("*.py") if ".venv" not in file.parts]


def read_by_the_code() -> set[str]:
    """The variables that the sources name where they read the environment."""
    found = {name for file in sources() for name in _READ.findall(file.read_text("utf-8"))}
    return found - NOT_OURS


@pytest.mark.parametrize("name", PAGES)
def test_every_setting_of_the_service_is_documented(name: str) -> None:
    wanted = {variable_of(field, info) for field, info in Settings.model_fields.items()}

    assert wanted - documented(name).keys() == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_other_variable_that_the_code_reads_is_documented(name: str) -> None:
    wanted = {*read_by_the_code(), *secrets_file.NAMES, *PORTS}

    assert {"HANDOFF_URL", "SHOP_TOKEN", "TRACKER_DB_URL"} <= wanted, "the sources are looked through"
    assert wanted - documented(name).keys() == set()


@pytest.mark.parametrize("name", PAGES)
def test_the_documented_defaults_are_the_defaults(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = documented(name)
    required = {variable_of(f, info) for f, info in Settings.model_fields.items() if info.is_required()}
    secrets = {variable: "x" * 40 for variable in required}
    for field, info in Settings.model_fields.items():
        monkeypatch.delenv(variable_of(field, info), raising=False)
    for variable, value in secrets.items():
        assert shown[variable] == NO_DEFAULT
        monkeypatch.setenv(variable, value)
    plain = Settings()
    for field, info in Settings.model_fields.items():
        variable = variable_of(field, info)
        if variable not in required and shown[variable] != NO_DEFAULT:
            monkeypatch.setenv(variable, shown[variable].replace("<BATON_DATA_DIR>", str(plain.data_dir)))
    as_documented = Settings()

    assert as_documented.database == plain.database
    elsewhere = {"database_url"}
    assert as_documented.model_dump(exclude=elsewhere) == plain.model_dump(exclude=elsewhere)


@pytest.mark.parametrize("name", PAGES)
def test_the_documented_ports_are_the_ports(name: str) -> None:
    shown = documented(name)

    assert {variable: shown[variable] for variable in PORTS} == {
        variable: str(default) for variable, (_, _, default) in PORTS.items()
    }


def test_both_pages_name_the_same_variables_and_defaults() -> None:
    english, chinese = map(documented, PAGES)

    assert chinese == english


def test_what_is_documented_exists() -> None:
    """A variable that was renamed or removed must go from the page, too."""
    tests = [path for path in (ROOT / "tests").rglob("*.py") if "docs" not in path.parts]
    code = "\n".join(path.read_text("utf-8") for path in (*sources(), *tests, ROOT / "Makefile"))
    of_the_service = {variable_of(field, info) for field, info in Settings.model_fields.items()}

    unknown = {name for name in documented(PAGES[0]) if name not in of_the_service and name not in code}
    assert unknown == set()
