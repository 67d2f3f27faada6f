"""What no message shows is removed in time, and nothing half-done stays."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from fastapi import FastAPI

from handoff_service.attachments.errors import StorageAway
from handoff_service.attachments.service import Upload, take_in
from handoff_service.attachments.storage import FolderStorage, Storage
from handoff_service.attachments.sweeper import Sweeper
from handoff_service.context import Context
from handoff_service.models import Attachment
from tests.service.attachments import files
from tests.service.attachments.test_uploads import upload
from tests.service.callers import AgentCaller, Clock

PNG = files.png()


class PowerCut(BaseException):
    """The process ends here."""


class Failing(FolderStorage):
    """Stores, or stops at a chosen point."""

    def __init__(self, folder: Path, at: str) -> None:
        super().__init__(folder)
        self.at = at

    def put(self, key: str, file: BinaryIO) -> None:
        if self.at == "before":
            raise PowerCut
        super().put(key, file)
        if self.at == "after":
            raise PowerCut

    def delete(self, key: str) -> None:
        if self.at == "delete":
            raise StorageAway
        super().delete(key)


def rows(context: Context) -> list[tuple[str, str]]:
    with context.database.reading() as session:
        return [(row.id, row.state) for row in session.query(Attachment)]


def stored_files(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "attachments").rglob("*") if path.is_file()]


def test_what_was_never_sent_goes_after_a_day_and_what_was_sent_stays(
    lin: AgentCaller, held: str, context: Context, sweeper: Sweeper, clock: Clock, tmp_path: Path
) -> None:
    sent, unsent = (upload(lin, f"/conversations/{held}/attachments").json()["id"] for _ in range(2))
    lin.post(f"/conversations/{held}/messages", json={"client_id": "m1", "attachments": [sent]})

    clock.advance(hours=23)
    assert sweeper.sweep() == 0
    clock.advance(hours=1)
    assert sweeper.sweep() == 1

    assert rows(context) == [(sent, "stored")]
    assert stored_files(tmp_path) == [sent]
    assert lin.get(f"/attachments/{unsent}").status_code in (401, 404)


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_crash_between_row_and_file_leaves_nothing_that_nobody_knows_of(
    context: Context, clock: Clock, tmp_path: Path, at: str
) -> None:
    storage = Failing(tmp_path / "attachments", at)
    with pytest.raises(PowerCut):
        take_in(
            context,
            storage,
            Upload(io.BytesIO(PNG), len(PNG), "a.png", "u1"),
            sender_id="s",
            uploader="customer",
            conversation_id=None,
        )
    [(_, state)] = rows(context)
    assert state == "arriving"

    clock.advance(hours=24)
    assert Sweeper(context, storage).sweep() == 1

    assert rows(context) == []
    assert stored_files(tmp_path) == []


def test_after_a_crash_the_same_upload_is_made_whole(context: Context, tmp_path: Path) -> None:
    def again(at: str) -> Attachment:
        return take_in(
            context,
            Failing(tmp_path / "attachments", at),
            Upload(io.BytesIO(PNG), len(PNG), "a.png", "u1"),
            sender_id="s",
            uploader="customer",
            conversation_id=None,
        )

    with pytest.raises(PowerCut):
        again("before")
    stored = again("")

    assert rows(context) == [(stored.id, "stored")]
    assert stored_files(tmp_path) == [stored.id]


def test_a_full_disk_is_told_and_leaves_no_part_of_a_file(
    lin: AgentCaller, held: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    answer = upload(lin, f"/conversations/{held}/attachments")

    assert answer.status_code == 503
    assert stored_files(tmp_path) == []


def test_a_storage_that_is_away_is_tried_again(
    lin: AgentCaller, held: str, context: Context, clock: Clock, tmp_path: Path
) -> None:
    storage = Failing(tmp_path / "attachments", "delete")
    unsent = upload(lin, f"/conversations/{held}/attachments").json()["id"]
    clock.advance(hours=24)

    assert Sweeper(context, storage).sweep() == 0
    assert rows(context) == [(unsent, "removing")]
    storage.at = ""
    assert Sweeper(context, storage).sweep() == 1
    assert rows(context) == []


def test_what_is_being_removed_can_no_longer_be_sent(
    lin: AgentCaller, held: str, context: Context, clock: Clock, tmp_path: Path, app: FastAPI
) -> None:
    unsent = upload(lin, f"/conversations/{held}/attachments").json()["id"]
    before = clock.now
    clock.advance(hours=24)
    Sweeper(context, Failing(tmp_path / "attachments", "delete")).sweep()
    clock.now = before

    said = lin.post(f"/conversations/{held}/messages", json={"client_id": "m", "attachments": [unsent]})
    assert said.status_code == 404
    assert lin.get(f"/attachments/{unsent}").status_code == 404


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/../../b", "", "A" * 32, "/etc/passwd"])
def test_a_key_is_an_id_and_no_path(storage: Storage, key: str) -> None:
    def first(chunks: Iterator[bytes]) -> bytes:
        return next(chunks)

    with pytest.raises(Exception, match="no such file"):
        first(storage.read(key, 0, 1))
