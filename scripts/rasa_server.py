"""`rasa run` with the secret of its API taken from RASA_JWT_SECRET, and without TensorFlow where it can be.

Rasa reads that secret from its command line alone, where every user of the machine could see it with
`ps`. Here it is put into `sys.argv` inside the process, after it was started. Further arguments are those
of `rasa run`. Runs in the assistant's environment, in the repository's root.
"""

from __future__ import annotations

import argparse
import functools
import gc
import os
import sys
import tarfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rasa_parts import without_tensorflow


def arguments(given: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """`sys.argv` as the `rasa` command would see it; without a secret the API stays off, never open."""
    secret = environ.get("RASA_JWT_SECRET")
    if not secret:
        return ["rasa", "run", *(argument for argument in given if argument != "--enable-api")]
    # one word: a secret that begins with a dash would otherwise be taken for an option
    return ["rasa", "run", f"--jwt-secret={secret}", *given]


def needs_tensorflow(given: Sequence[str]) -> bool:
    """As far as it can be told from the model that is named there."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-m", "--model", type=Path)
    model = parser.parse_known_args(given)[0].model
    try:
        return model is None or without_tensorflow.is_needed_by(without_tensorflow.run_by(model))
    except (OSError, tarfile.TarError, KeyError, ValueError):
        return True  # Rasa will say what is wrong with it


def hush() -> None:
    """With PYTHONWARNINGS=ignore show none, although Sanic and others put filters of their own before it."""
    if "ignore" in sys.warnoptions:
        warnings.showwarning = lambda *_, **__: None


def leave_the_model_to_itself() -> None:
    """Python looks through all objects for garbage now and then, and nothing is answered meanwhile: for 0.2 s
    with the 300,000 of libraries and model, which are none. (So some memory of a model is kept that another
    one replaces.)"""
    from rasa.core import run

    load = run.load_agent_on_start

    @functools.wraps(load)
    async def load_and_freeze(*args: Any, **kwargs: Any) -> None:
        await load(*args, **kwargs)
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)  # most of what is made is gone at the end of a turn

    run.load_agent_on_start = load_and_freeze


def main() -> None:
    hush()
    if not needs_tensorflow(sys.argv[1:]):
        without_tensorflow.leave_out()
    from rasa.__main__ import main as rasa

    leave_the_model_to_itself()
    sys.argv = arguments(sys.argv[1:], os.environ)
    rasa()


if __name__ == "__main__":
    main()
