"""Times as people type them."""

import argparse
import datetime as dt


def moment(text: str) -> dt.datetime:
    """`2026-03-01`, `2026-03-01T08:00`, or with an offset; without one it is UTC."""
    try:
        given = dt.datetime.fromisoformat(text)
        return given.replace(tzinfo=dt.UTC) if given.tzinfo is None else given.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time; write it as 2026-03-01 or 2026-03-01T08:00+08:00"
        ) from None
