"""The language in which a command tells its result."""

import argparse
import os

from handoff_service.explaining.words import LANGUAGES, preferred


def add_language(parser: argparse.ArgumentParser) -> None:
    """`--language`; without it that of the terminal."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=preferred(locale),
        help="default: that of the terminal, else en",
    )
