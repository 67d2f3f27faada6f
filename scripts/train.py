"""`make train`: trains the models; with --if-changed only when its sources changed since the last time."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also found when started by its path

from scripts import console, environments, locks, model, sentiment
from scripts.settings import ROOT


def main() -> int:
    parser = argparse.ArgumentParser(prog="make train", description=__doc__.partition(": ")[2])
    parser.add_argument("--if-changed", action="store_true", help="train only what is not up to date")
    arguments = parser.parse_args()
    with locks.setup(ROOT):
        environments.ensure(os.environ)
        if not arguments.if_changed:
            model.train(model.model_path(ROOT), os.environ, ROOT)
            sentiment.train(sentiment.model_path(ROOT), os.environ, ROOT)
        trained = [model.ensure(os.environ), sentiment.ensure(os.environ)]
    console.say(f"The models are {' and '.join(str(path.relative_to(ROOT)) for path in trained)}.")
    return 0


if __name__ == "__main__":
    console.main(main)
