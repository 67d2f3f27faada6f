"""The answers to suggest from, kept in memory: the FAQ file's, and those that the database holds.

It is a copy that catches up at each look, so several processes may each have one: what another process has
taken up is seen by the number of its pairs. Nothing is lost with it; at the next start it is read anew.
"""

import threading
from pathlib import Path

from handoff_service.assist import faq, repository
from handoff_service.assist.suggesting import Answer, Shelf
from handoff_service.context import Context
from handoff_service.models import AnswerPair


class Library:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()  # requests come from many threads
        self._shelves = {language: Shelf() for language in faq.LANGUAGES}
        self._faq_ids: list[tuple[str, str]] = []
        self._faq_read: int | None = None  # when the file was last changed, in ns
        self._newest = 0
        self._of_conversation: dict[str, list[tuple[str, str]]] = {}

    def suggest(self, language: str, question: str, before: str = "") -> list[Answer]:
        shelf = self._shelves.get(language)
        with self._lock:
            self._catch_up()
            return shelf.suggest(question, before) if shelf else []

    def catch_up(self) -> None:
        """Take in what is new, so that the next request need not."""
        with self._lock:
            self._catch_up()

    def _catch_up(self) -> None:
        file = self._context.settings.faq_file
        if file is not None:
            self._read_faq(file)
        with self._context.database.reading() as session:
            pairs = repository.pairs_after(session, self._newest)
        fresh: set[str] = set()
        for pair in pairs:
            self._add(pair, fresh)

    def _read_faq(self, file: Path) -> None:
        try:
            changed = file.stat().st_mtime_ns
        except OSError:
            changed = 0
        if changed == self._faq_read:
            return
        self._faq_read = changed
        for language, answer_id in self._faq_ids:
            self._shelves[language].drop(answer_id)
        self._faq_ids = []
        for language, answer, questions in faq.read(file):
            self._shelves[language].add_faq(answer, questions)
            self._faq_ids.append((language, answer.id))

    def _add(self, pair: AnswerPair, fresh: set[str]) -> None:
        """A conversation that was taken up again, since it was reopened, brings all of its pairs anew."""
        self._newest = pair.number
        if pair.language not in self._shelves:
            return
        if pair.conversation_id not in fresh:
            fresh.add(pair.conversation_id)
            for language, answer_id in self._of_conversation.pop(pair.conversation_id, ()):
                self._shelves[language].drop(answer_id)
        answer = Answer(f"old:{pair.number}", "earlier", pair.question, pair.answer)
        self._shelves[pair.language].add_earlier(answer)
        self._of_conversation.setdefault(pair.conversation_id, []).append((pair.language, answer.id))
