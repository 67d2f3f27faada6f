"""The words of the pages themselves, by their keys: a tour of them is the same in both languages."""

import json
from functools import cache

from scripts.settings import ROOT

FOLDERS = {"zh": "zh-CN", "en": "en"}
WIDGET = ROOT / "console/widget/i18n"


@cache
def console(language: str) -> dict[str, str]:
    folder = ROOT / "console/src/i18n" / FOLDERS[language]
    tables = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
    return {key: text for table in tables for key, text in table.items()}


@cache
def widget(language: str) -> dict[str, str]:
    table: dict[str, str] = json.loads((WIDGET / f"{FOLDERS[language]}.json").read_text(encoding="utf-8"))
    return table


def filled(text: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
