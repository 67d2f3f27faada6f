"""What the pages promise: the same in both languages, links that lead somewhere, what is printed as it is."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from scripts import serve
from scripts.secrets_file import DEMO_PASSWORD
from scripts.settings import ROOT, Settings
from tests.service.docs.pages import blocks, page

README = ("README.md", "README.zh-CN.md")
PAGES = [
    *README,
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))),
]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
_LINK = re.compile(r"\[[^\]]+\]\((?P<target>[^)\s]+)\)")  # pictures, too


def test_both_readmes_have_the_same_code() -> None:
    english, chinese = ([block for block in blocks(name) if block.tag != "mermaid"] for name in README)

    assert len(english) > 5
    assert chinese == english


def test_both_readmes_draw_the_same_picture() -> None:
    english, chinese = (
        re.sub(r'"[^"]*"', "label", block.body) for name in README for block in blocks(name, "mermaid")
    )

    assert chinese == english


def test_both_readmes_have_the_same_sections() -> None:
    english, chinese = (re.findall(r"^(#+) ", page(name), re.MULTILINE) for name in README)

    assert chinese == english


def test_the_readme_shows_what_make_run_prints() -> None:
    (shown,) = (block.body for block in blocks("README.md", "text"))
    password, folder = re.search(r"the password (\S+)  \(kept in (.+)/secrets\.env\)", shown).groups()
    copy = Settings(data_dir=Path(folder), secrets={DEMO_PASSWORD: password})

    assert shown.strip() == serve.banner(copy, seconds=31).strip()


@pytest.mark.parametrize("name", PAGES)
def test_links_within_the_repository_lead_somewhere(name: str) -> None:
    assert "![](" not in page(name), "a picture says what is on it"
    for match in _LINK.finditer(page(name)):
        target = match["target"]
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), f"{name} links to {target}"
        if anchor:
            assert unquote(anchor) in _anchors(file.read_text(encoding="utf-8")), f"{name} links to {target}"


@pytest.mark.parametrize("name", README)
def test_files_that_are_named_exist(name: str) -> None:
    """A path in code type with a folder in it; what set-up makes, and placeholders, aside."""
    named = re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?)`", page(name))

    assert named
    missing = [
        path for path in named if not path.startswith(("var/", ".tools/")) and not (ROOT / path).exists()
    ]
    assert missing == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem
)
def test_a_decision_is_one_page_with_three_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    assert text.startswith(f"# {path.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    words = sum(len(line.split()) for line in text.splitlines() if not line.startswith("|"))
    assert words <= 600, "more than a page, its tables aside"


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))


def _anchors(text: str) -> set[str]:
    """As GitHub makes them: lower case, without punctuation, dashes for blanks."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
