"""What an operator does with the service: `./handoff --help`.

Each module adds its commands to the parser. Settings come from the environment, as for the service itself.
What goes wrong is told in one sentence.
"""

import argparse
import sys
from collections.abc import Sequence

from handoff_service.cli import backtest, explain, learn, people, rules, serve, tune
from handoff_service.errors import Problem
from handoff_service.startup import StartProblem

MODULES = (people, serve, rules, explain, backtest, tune, learn)


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except (StartProblem, Problem) as problem:
        print(f"{given.command}: {problem}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handoff",
        description="What an operator does with the handoff service. Settings come from the environment.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in MODULES:
        module.add_commands(commands)
    return parser
