"""`./handoff`: the same commands on the copy that `make run` starts."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def handoff(*arguments: str, data_dir: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")}
    return subprocess.run(
        [str(ROOT / "handoff"), *arguments],
        env={**environment, "BATON_DATA_DIR": str(data_dir)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_finds_the_copy_from_any_folder(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"

    assert handoff("migrate", data_dir=data_dir, cwd=tmp_path).returncode == 0
    seeded = handoff("seed-demo", data_dir=data_dir, cwd=tmp_path)

    assert (seeded.returncode, seeded.stderr) == (0, "")
    assert (data_dir / "handoff.db").exists()


def test_what_goes_wrong_is_one_sentence(tmp_path: Path) -> None:
    told = handoff("seed-demo", data_dir=tmp_path / "data", cwd=tmp_path)

    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "./handoff migrate" in told.stderr
