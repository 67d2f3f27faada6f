"""The console's types of the API, made from the service's own description of it; `--check` only compares.

Runs in the service's environment; the result, `console/src/api/schema.d.ts`, is committed, so that a change
of the API shows in the diff and one that the console does not know fails its type check.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also found when started by its path

from handoff_service.app import create_app
from handoff_service.settings import Settings
from scripts import console, console_build
from scripts.settings import ROOT

TYPES = ROOT / "console" / "src" / "api" / "schema.d.ts"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.api_types", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when they are out of date")
    arguments = parser.parse_args()
    console_build.install(os.environ)
    made = types_of(create_app(Settings.model_construct(), database=object()).openapi())
    if made == (TYPES.read_text(encoding="utf-8") if TYPES.exists() else ""):
        return 0
    if arguments.check:
        raise console.SetupError("the API has changed; make format renews the console's types of it.")
    TYPES.write_text(made, encoding="utf-8")
    console.say(f"Renewed {TYPES.relative_to(ROOT)}.")
    return 0


def types_of(document: object) -> str:
    """The TypeScript of an OpenAPI document."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "schema.d.ts")
        source.write_text(json.dumps(document), encoding="utf-8")
        command = console_build.tool("openapi-typescript", str(source), "--output", str(target))
        answer = subprocess.run(
            command, cwd=ROOT / "console", stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if answer.returncode != 0:
            raise console.SetupError(f"the API's types could not be made: {answer.stderr.strip()[-500:]}")
        return target.read_text(encoding="utf-8")


if __name__ == "__main__":
    console.main(main)
