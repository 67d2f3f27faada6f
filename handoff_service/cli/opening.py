"""What the commands share: the parser's part that they add themselves to, and the database they work on."""

import argparse
import contextlib
from collections.abc import Iterator

from handoff_service import startup
from handoff_service.context import Context

ACTOR = "operator"
"""Who changes something by a command, for the audit."""

type Commands = argparse._SubParsersAction[argparse.ArgumentParser]


@contextlib.contextmanager
def opened() -> Iterator[Context]:
    """The database of the settings; refuses what the service itself would refuse at its start."""
    settings = startup.load_settings()
    context = Context(settings, startup.open_database(settings))
    try:
        startup.check(context)
        yield context
    finally:
        context.database.close()
