"""A small index of short texts, ranked by Okapi BM25; texts may be added and dropped at any time. Pure."""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping

import numpy as np

_K = 1.2  # how fast the repetition of a word stops telling more
_B = 0.75  # how much a long text has to make up for its length


class Index[Key: Hashable]:
    """Several texts may share a key, as the many ways to ask for one answer do."""

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._alive = array("b")
        self._lengths = array("f")
        self._texts: defaultdict[str, tuple[array[int], array[float]]] = defaultdict(
            lambda: (array("l"), array("f"))
        )
        self._of_key: defaultdict[Key, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return sum(self._alive)

    def add(self, key: Key, grams: Iterable[str]) -> None:
        counts = Counter(grams)
        number = len(self._keys)
        self._keys.append(key)
        self._alive.append(1)
        self._lengths.append(sum(counts.values()))
        self._of_key[key].append(number)
        for gram, count in counts.items():
            numbers, often = self._texts[gram]
            numbers.append(number)
            often.append(count)

    def drop(self, key: Key) -> None:
        for number in self._of_key.pop(key, ()):
            self._alive[number] = 0

    def search(self, asked: Mapping[str, float], *, texts_each: int = 1) -> list[tuple[Key, float]]:
        """The keys that share a gram with the query, best first, with a strength.

        `asked`: each gram of the query and how much it counts.
        A strength is the share reached of what a text of nothing but the query's own grams would reach, so it
        can be compared between indexes. A key is as strong as the mean of its best `texts_each`.
        """
        total = len(self._keys)
        if not total:
            return []
        lengths = np.array(self._lengths)
        norms = _K * (1 - _B + _B * lengths / max(1.0, float(lengths.mean())))
        scores = np.zeros(total)
        reachable = 0.0
        for gram, counts in asked.items():
            numbers, often = self._texts.get(gram, (None, None))
            known = len(numbers) if numbers is not None else 0
            weight = counts * math.log(1 + (total - known + 0.5) / (known + 0.5))
            reachable += weight * (_K + 1)
            if numbers is not None:
                at, n = np.array(numbers), np.array(often)
                scores[at] += weight * n * (_K + 1) / (n + norms[at])
        scores *= np.array(self._alive)
        best: defaultdict[Key, list[float]] = defaultdict(list)
        for number in np.argsort(-scores, kind="stable"):
            if scores[number] <= 0:
                break
            of_key = best[self._keys[number]]
            if len(of_key) < texts_each:
                of_key.append(float(scores[number]))
        ranked = [(key, sum(found) / texts_each / reachable) for key, found in best.items()]
        return sorted(ranked, key=lambda each: -each[1])
