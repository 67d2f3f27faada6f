"""Voice messages of a kind that browsers do not play, as one that every browser does.

The original stays as it came. It is decoded when somebody first listens, in a process of its own
(`voice_decoder`), and kept in memory for a while: browsers ask for a sound in several ranges.
"""

import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path

import structlog

from handoff_service.attachments.errors import NotPlayable
from handoff_service.attachments.storage import Storage
from handoff_service.models import Attachment

log = structlog.get_logger(__name__)

DECODED = frozenset({"audio/amr"})
"""Types that are decoded; all others are played, or not, as they are."""
TYPE = "audio/wav"

KEPT_BYTES = 64 * 1024 * 1024
AT_ONCE = 2  # more would only make each slower
TIMEOUT = 30.0  # seconds; a minute of speech takes half of one
_DECODER = Path(__file__).with_name("voice_decoder.py")


class Voices:
    """Called from several threads."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._kept: OrderedDict[str, bytes | None] = OrderedDict()  # None: it cannot be decoded
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def wav(self, attachment: Attachment) -> bytes:
        """Raises NotPlayable, AttachmentNotFound, StorageAway."""
        with self._turns:
            with self._lock:
                known = attachment.id in self._kept
                wav = self._kept.get(attachment.id)
            if not known:
                wav = self._decoded(attachment)
            self._keep(attachment.id, wav)
        if wav is None:
            raise NotPlayable()
        return wav

    def _decoded(self, attachment: Attachment) -> bytes | None:
        given = b"".join(self._storage.read(attachment.id, 0, attachment.size))
        try:
            done = subprocess.run(  # noqa: S603 -- our own program, and nothing of the file's in its arguments
                [sys.executable, "-I", str(_DECODER)],
                input=given,
                capture_output=True,
                timeout=TIMEOUT,
                env={},
                cwd="/",
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("voice_not_decoded", attachment_id=attachment.id, why=type(error).__name__)
            return None
        if done.returncode != 0:
            why = done.stderr[-200:].decode("utf-8", "replace").strip()
            log.warning("voice_not_decoded", attachment_id=attachment.id, code=done.returncode, why=why)
            return None
        return done.stdout

    def _keep(self, attachment_id: str, wav: bytes | None) -> None:
        with self._lock:
            self._kept[attachment_id] = wav
            self._kept.move_to_end(attachment_id)
            size = sum(len(each or b"") for each in self._kept.values())
            while size > KEPT_BYTES or len(self._kept) > 1000:
                size -= len(self._kept.popitem(last=False)[1] or b"")
