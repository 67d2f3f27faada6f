"""The answers to suggest from, kept in memory: the FAQ file's, and those that the database holds.

It is a copy that catches up at each look, so several processes may each have one: what another process has
taken up is seen by the number of its pairs, what was deleted by how many there are. Nothing is lost with it;
at the next start it is read anew.
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
        self._held: dict[int, str] = {}  # the language of each pair, by its number

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
            for pair in repository.pairs_after(session, self._newest):
                self._add(pair)
            if repository.count_pairs(session) < len(self._held):
                self._keep_only(repository.pair_numbers(session))

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

    def _add(self, pair: AnswerPair) -> None:
        self._newest = pair.number
        self._held[pair.number] = pair.language
        if pair.language in self._shelves:
            answer = Answer(_id(pair.number), "earlier", pair.question, pair.answer)
            self._shelves[pair.language].add_earlier(answer)

    def _keep_only(self, numbers: set[int]) -> None:
        """Drop what was deleted, with its conversation or since that was taken up again."""
        for number in self._held.keys() - numbers:
            language = self._held.pop(number)
            if language in self._shelves:
                self._shelves[language].drop(_id(number))


def _id(number: int) -> str:
    return f"old:{number}"
