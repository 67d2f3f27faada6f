"""What a model sees of each turn of a dialogue. Everything about a turn comes from it and the turns before.

Two kinds: counted features (position, lengths, repetition …) and *grams*, words and pairs of words in the
present and the latest turns. A gram is known by a 64-bit number made from it, so a model holds no words.
"""

import functools
import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handoff_service.learned.dialogue import Said

type Floats = NDArray[np.float64]
type Keys = NDArray[np.uint64]

VERSION = 1
"""Raised with every change of what is computed here: older models are refused then, not misread."""

FAMILIES = ("present", "speech", "whole", "latest_user", "latest_bot", "new", "repeated")
"""Words of the present turn; its parts of speech; it and the bot's latest as a whole; words of the customer's
and the bot's latest earlier turn; the present words that were not, and were, said before."""

BARE_FAMILIES = ("present", "speech", "whole")

RUNNING = 16
"""Columns of `running`."""

_NOTHING: Keys = np.array([], dtype=np.uint64)
_ALIKE = 0.8  # so many words in common: the same said again
_SIMILAR = 0.5
_UNKNOWN = -1.0  # there is nothing earlier to compare with


@functools.lru_cache(maxsize=100_000)
def _number(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())


def _mixed(keys: Keys, salt: int) -> Keys:
    """Other numbers, as different from each other (the finish of splitmix64)."""
    mixed = keys ^ np.uint64(salt)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@functools.lru_cache(maxsize=10_000)
def _numbers(words: tuple[str, ...]) -> tuple[Keys, Keys]:
    """Of the words, and of the words and neighbouring pairs; each once, sorted. Kept, because the turns of a
    dialogue are looked at again with each turn."""
    numbers = np.array([_number(word) for word in words], dtype=np.uint64)
    pairs = _mixed(numbers[:-1], _number("pair")) + numbers[1:]
    return np.unique(numbers), np.unique(np.concatenate([numbers, pairs]))


def utterance_key(turn: Said) -> int:
    """The same for two turns exactly when the same was said."""
    return _number("\x00".join(turn.tokens))


@dataclass(frozen=True, slots=True)
class Grams:
    """Those of one family in a dialogue: the turn's place and the number of each, turn after turn."""

    turns: NDArray[np.int64]
    keys: Keys


def grams(turns: Sequence[Said]) -> dict[str, Grams]:
    """By family; each gram once a turn."""
    found: dict[str, list[Keys]] = {family: [] for family in FAMILIES}
    latest = {"user": _NOTHING, "bot": _NOTHING}
    said_by_bot = _NOTHING
    before: set[int] = set()
    for turn in turns:
        alone, present = _numbers(turn.tokens)
        whole = np.array([utterance_key(turn)], dtype=np.uint64)
        known = np.array([word in before for word in alone.tolist()], dtype=bool)
        found["present"].append(present)
        found["speech"].append(_numbers(turn.pos)[1])
        found["whole"].append(np.concatenate([whole, ~said_by_bot]))
        found["latest_user"].append(latest["user"])
        found["latest_bot"].append(latest["bot"])
        found["new"].append(alone[~known])
        found["repeated"].append(alone[known])
        latest[turn.role] = present
        said_by_bot = whole if turn.role == "bot" else said_by_bot
        before.update(alone.tolist())
    bots = np.array([turn.role == "bot" for turn in turns])
    return {family: _of_family(family, per_turn, bots) for family, per_turn in found.items()}


def _of_family(family: str, per_turn: list[Keys], bots: NDArray[np.bool_]) -> Grams:
    """What the customer says and what the bot says are different grams, and so are those of families."""
    place = np.repeat(np.arange(len(per_turn)), [len(keys) for keys in per_turn])
    salts = np.array([_number(f"{family} user"), _number(f"{family} bot")], dtype=np.uint64)
    return Grams(place, _mixed(np.concatenate(per_turn) ^ salts[bots[place].astype(int)], 0))


def counted(turns: Sequence[Said], frequency: Callable[[int], int]) -> Floats:
    """Per turn a row of numbers. `frequency`: in how many dialogues the bot has said exactly this, by
    `utterance_key`."""
    masks, sizes = _masks(turns)
    roles = [turn.role == "bot" for turn in turns]
    lengths = [len(turn.tokens) for turn in turns]
    common = [
        math.log1p(frequency(utterance_key(t))) if b else _UNKNOWN for t, b in zip(turns, roles, strict=True)
    ]

    def alike(a: int, b: int) -> float:
        return (masks[a] & masks[b]).bit_count() / max(1, (masks[a] | masks[b]).bit_count())

    def held(a: int, b: int) -> float:
        return (masks[a] & masks[b]).bit_count() / max(1, sizes[a])

    rows = []
    by_role: dict[bool, list[int]] = {False: [], True: []}
    likeness: dict[bool, list[float]] = {False: [], True: []}  # of neighbours of one role
    again: dict[bool, int] = {False: 0, True: 0}  # turns that repeat an earlier one
    said_before = 0
    for i, bot in enumerate(roles):
        same, other = by_role[bot], by_role[not bot]
        own = [alike(i, j) for j in same]
        users, bots = by_role[False], by_role[True]
        last_user, last_bot = (users[-1] if users else None), (bots[-1] if bots else None)
        again[bot] += max(own, default=0.0) > (_ALIKE if bot else 0.6)
        all_users = [*users, i] if not bot else users
        rows.append(
            [
                float(bot),
                i,
                len(users),
                len(bots),
                _run(roles, i, bot),
                _run(roles, i, not bot),
                lengths[i],
                lengths[last_user] if last_user is not None else _UNKNOWN,
                lengths[last_bot] if last_bot is not None else _UNKNOWN,
                *(float(roles[i - back]) if i >= back else _UNKNOWN for back in (1, 2, 3)),
                max(own, default=_UNKNOWN),
                own[-1] if own else _UNKNOWN,
                max((held(i, j) for j in same), default=_UNKNOWN),
                sum(one > _ALIKE for one in own),
                sum(one > _SIMILAR for one in own),
                sum(own) / len(own) if own else _UNKNOWN,
                max((alike(i, j) for j in other), default=_UNKNOWN),
                alike(i, other[-1]) if other else _UNKNOWN,
                max((held(i, j) for j in other), default=_UNKNOWN),
                alike(i, last_user) if last_user is not None else _UNKNOWN,
                held(i, last_user) if last_user is not None else _UNKNOWN,
                alike(i, last_bot) if last_bot is not None else _UNKNOWN,
                again[True],
                again[False],
                max(likeness[False], default=0.0),
                (masks[i] & ~said_before).bit_count() / max(1, lengths[i]),
                common[i],
                common[last_bot] if last_bot is not None else _UNKNOWN,
                len(set(turns[i].pos)),
                sizes[i] / max(1, lengths[i]),
                len(users) / (i + 1),
                _mean([lengths[j] for j in users[-3:]]),
                _mean([lengths[j] for j in bots[-3:]]),
                min((lengths[j] for j in all_users), default=_UNKNOWN),
                likeness[False][-1] if likeness[False] else _UNKNOWN,
                likeness[True][-1] if likeness[True] else _UNKNOWN,
                i - same[own.index(max(own))] if own else _UNKNOWN,
            ]
        )
        if own:
            likeness[bot].append(own[-1])
        same.append(i)
        said_before |= masks[i]
    return np.array(rows, dtype=np.float64)


def running(whole: Floats, bare: Floats, bots: NDArray[np.bool_]) -> Floats:
    """Per turn what two linear models (with context, and of the turn alone) see in it and saw before.

    `whole`, `bare`: their log-odds per turn of one dialogue; `bots`: whether the bot speaks.
    """
    rows = []
    likely, likely_bare = 1 / (1 + np.exp(-whole)), 1 / (1 + np.exp(-bare))
    fading = total = highest = fading_bare = 0.0
    nobody, since, count = 1.0, 30, 0
    latest = {False: -9.0, True: -9.0}
    for i in range(len(whole)):
        rows.append(
            [
                whole[i],
                bare[i],
                *(whole[i - back] if i >= back else -9.0 for back in (1, 2)),
                *(bare[i - back] if i >= back else -9.0 for back in (1, 2)),
                fading,
                total,
                highest,
                fading_bare,
                latest[False],
                latest[True],
                since,
                count,
                nobody,
                nobody * likely[i],
            ]
        )
        fading = 0.6 * fading + likely[i]
        fading_bare = 0.7 * fading_bare + likely_bare[i]
        total += likely[i]
        highest = max(highest, likely[i])
        nobody *= 1 - likely[i]
        latest[bool(bots[i])] = whole[i]
        since = 0 if likely[i] > 0.4 else since + 1
        count += bool(likely[i] > 0.4)
    return np.array(rows, dtype=np.float64)


def _masks(turns: Sequence[Said]) -> tuple[list[int], list[int]]:
    """Per turn its distinct words as bits of a number, and how many there are."""
    place: dict[str, int] = {}
    masks = []
    for turn in turns:
        mask = 0
        for word in turn.tokens:
            mask |= 1 << place.setdefault(word, len(place))
        masks.append(mask)
    return masks, [mask.bit_count() for mask in masks]


def _run(roles: Sequence[bool], i: int, role: bool) -> int:
    """How many turns just before were of this role."""
    length = 0
    while length < i and roles[i - 1 - length] == role:
        length += 1
    return length


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else _UNKNOWN
