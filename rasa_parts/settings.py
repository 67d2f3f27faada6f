"""The settings that the parts inside the Rasa server read from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`service_key` and `tracker_db_url` are None where unset or blank."""

    data_dir: Path
    handoff_url: str
    service_key: str | None
    tracker_db_url: str | None

    @classmethod
    def from_env(cls) -> "Settings":
        return cls(
            # Resolved at once: the tracker must not move when somebody changes the working directory.
            data_dir=Path(os.environ.get("BATON_DATA_DIR") or "var").resolve(),
            handoff_url=(os.environ.get("HANDOFF_URL") or "http://127.0.0.1:8000").rstrip("/"),
            service_key=os.environ.get("HANDOFF_SERVICE_KEY") or None,
            tracker_db_url=os.environ.get("TRACKER_DB_URL") or None,
        )

    def make_data_dir(self) -> Path:
        """Creates the data folder; readable by its owner only, for it holds what customers wrote."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.data_dir
