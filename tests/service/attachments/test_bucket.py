"""Files in a bucket of an S3-compatible store, on a server that plays one."""

import datetime as dt
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from handoff_service.attachments.errors import AttachmentNotFound, StorageAway
from handoff_service.attachments.storage import BucketStorage, FolderStorage, storage_for
from handoff_service.models.base import new_id
from handoff_service.settings import Settings


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.put(f"http://{host}:{port}/files").raise_for_status()
    yield f"http://{host}:{port}"
    server.stop()


def settings(tmp_path: Path, endpoint: str, bucket: str = "files", prefix: str = "desk") -> Settings:
    return Settings(
        data_dir=tmp_path,
        service_key="service-key-for-tests",
        token_secret="token-secret-for-tests-0123456789",
        rasa_jwt_secret="rasa-jwt-secret-for-tests-0123456",
        s3_bucket=bucket,
        s3_prefix=prefix,
        s3_endpoint=endpoint,
        s3_access_key_id="key",
        s3_secret_access_key="secret",
    )


@pytest.fixture
def bucket(tmp_path: Path, endpoint: str) -> BucketStorage:
    storage = storage_for(settings(tmp_path, endpoint))
    assert isinstance(storage, BucketStorage)
    return storage


@pytest.mark.parametrize("size", [10, 6 * 1024 * 1024 + 7])  # the larger one is uploaded in parts
def test_a_file_goes_in_and_comes_out_whole_and_in_part(bucket: BucketStorage, size: int) -> None:
    content, key = bytes(range(256)) * (size // 256 + 1), new_id()
    content = content[:size]

    bucket.put(key, io.BytesIO(content))

    assert b"".join(bucket.read(key, 0, size)) == content
    assert b"".join(bucket.read(key, 3, 8)) == content[3:8]
    bucket.delete(key)
    bucket.delete(key)
    with pytest.raises(AttachmentNotFound):
        next(bucket.read(key, 0, 1))


def test_it_is_stored_below_the_prefix(bucket: BucketStorage, endpoint: str, tmp_path: Path) -> None:
    key = new_id()
    bucket.put(key, io.BytesIO(b"x"))

    whole = BucketStorage(settings(tmp_path, endpoint, prefix=""))
    assert b"".join(whole.read(f"desk/{key}", 0, 1)) == b"x"


def test_a_store_that_does_not_answer_or_lacks_the_bucket(tmp_path: Path, endpoint: str) -> None:
    nobody = BucketStorage(settings(tmp_path, "http://127.0.0.1:9"))
    no_bucket = BucketStorage(settings(tmp_path, endpoint, "other"))

    for storage in (nobody, no_bucket):
        with pytest.raises(StorageAway):
            storage.put(new_id(), io.BytesIO(b"x"))


def test_without_a_bucket_files_are_in_the_data_folder(tmp_path: Path) -> None:
    assert isinstance(storage_for(settings(tmp_path, "", bucket="")), FolderStorage)


def test_what_does_not_answer_is_not_waited_for_long(tmp_path: Path) -> None:
    before = dt.datetime.now(dt.UTC)
    with pytest.raises(StorageAway):
        BucketStorage(settings(tmp_path, "http://127.0.0.1:9")).delete(new_id())

    assert dt.datetime.now(dt.UTC) - before < dt.timedelta(seconds=20)
