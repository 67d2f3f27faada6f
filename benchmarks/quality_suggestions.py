"""How often one of the three suggested answers is one that helps, and how long the agent waits for them.

Questions of customers (tests/service/assist/questions.yml, 90 in each language, in other words than the bot
was trained on) are asked of the FAQ as it is exported from the assistant, of 40 earlier answers
(earlier.yml), and of 5,000 more that have nothing to do with them. recall@3: the share of questions for
which an acceptable answer is among the three. The retrieval was developed on 70 of them; the other 20 were
kept back and looked at once, at the end. Beside it, other ways to retrieve on the same questions and answers.
--errors lists what was missed.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer

from handoff_service.assist import faq
from handoff_service.assist.asking import asked_before, question_of
from handoff_service.assist.grams import grams
from handoff_service.assist.pairs import Said
from handoff_service.assist.suggesting import Answer, Shelf
from scripts import faq as scripts_faq

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "service" / "assist"
LANGUAGES = ("zh", "en")
PARTS = {"developed on": ("seen", "unseen", "typed"), "kept back": ("kept_back",)}
WHO = {"c": "customer", "b": "bot", "a": "agent"}
OTHERS = 5_000  # earlier answers about something else, half of them in each language

# What products have, asked of one and answered; combined with each product they fill the shelf.
PRODUCTS = {
    "zh": "沙发 床垫 台灯 耳机 键盘 手表 雨伞 书包 跑鞋 电饭煲 水壶 相机 风扇 帐篷 地毯 "
    "窗帘 枕头 咖啡机 显示器 打印机 平板 音箱 护手霜 口红 牛奶 茶叶 坚果 狗粮 玩具车 婴儿车",
    "en": "sofa mattress lamp headset keyboard watch umbrella backpack sneaker cooker kettle camera fan "
    "tent rug curtain pillow grinder monitor printer tablet speaker cream lipstick tea coffee nuts kibble "
    "toy stroller",
}
ASKED = {
    "zh": [
        ("{}多重", "{}的净重在商品参数里"),
        ("{}是什么材质的", "{}的材质写在详情页"),
        ("{}能不能机洗", "{}建议手洗"),
        ("{}有几个颜色", "{}共有三种颜色"),
        ("{}声音大不大", "{}的噪音很低"),
        ("{}带不带电池", "{}的电池要另买"),
        ("{}尺寸是多少", "{}的尺寸见参数表"),
        ("{}防水吗", "{}可以生活防水"),
        ("{}产地在哪", "{}是国内生产的"),
        ("{}一套有几件", "{}一套四件"),
        ("{}能连蓝牙吗", "{}支持蓝牙"),
        ("{}小孩能用吗", "{}三岁以上可用"),
    ],
    "en": [
        ("how heavy is the {}", "The weight of the {} is in the details"),
        ("what is the {} made of", "The {} is listed with its material"),
        ("can I wash the {}", "Please wash the {} by hand"),
        ("which colours does the {} come in", "The {} comes in three colours"),
        ("is the {} loud", "The {} is quiet"),
        ("does the {} come with batteries", "Batteries for the {} are sold apart"),
        ("how big is the {}", "The measurements of the {} are in the table"),
        ("is the {} waterproof", "The {} stands some rain"),
        ("where is the {} made", "The {} is made here"),
        ("how many pieces are in the {} set", "There are four pieces with the {}"),
        ("does the {} have bluetooth", "The {} does connect"),
        ("is the {} safe for kids", "The {} is fine from three years on"),
    ],
}


@cache
def entries() -> list[faq.Entry]:
    """The FAQ of the present sources."""
    return faq.read(scripts_faq.ensure(os.environ))


class Asked(NamedTuple):
    """`before`: what the customer asked before it, if the question goes on from there."""

    text: str
    before: str
    wanted: list[str]


def questions(language: str, part: str) -> list[Asked]:
    document = yaml.safe_load((DATA / "questions.yml").read_text(encoding="utf-8"))
    return [_asked(*row) for name in PARTS[part] for row in document[language][name]]


def _asked(asked: str | list[list[str]], wanted: list[str]) -> Asked:
    """A question, or what was said up to it, as the service takes it from a conversation."""
    lines = [["c", asked]] if isinstance(asked, str) else asked
    said = [Said(WHO[who], text) for who, text in lines]
    question = question_of(said) or ""
    return Asked(question, asked_before(said, question), wanted)


def earlier(language: str) -> Iterator[Answer]:
    """The earlier answers that the questions are about, then the others."""
    document = yaml.safe_load((DATA / "earlier.yml").read_text(encoding="utf-8"))
    for name, (question, text) in document[language].items():
        yield Answer(f"old:{language}_{name}", "earlier", question, text)
    chance = random.Random(7)  # noqa: S311 - the same ones at each run
    for number in range(OTHERS // len(LANGUAGES)):
        product = chance.choice(PRODUCTS[language].split())
        question, text = chance.choice(ASKED[language])
        yield Answer(f"other:{number}", "earlier", question.format(product), text.format(product))


def shelf(language: str) -> Shelf:
    made = Shelf()
    for spoken, answer, ways in entries():
        if spoken == language:
            made.add_faq(answer, ways)
    for answer in earlier(language):
        made.add_earlier(answer)
    return made


Suggest = Callable[[str, str], list[str]]


def recall(asked: list[Asked], suggest: Suggest) -> tuple[float, list[str], list[float]]:
    """Share of questions with a wanted answer among three; those without; seconds for each."""
    missed, seconds = [], []
    for text, before, wanted in asked:
        started = time.perf_counter()
        suggested = suggest(text, before)
        seconds.append(time.perf_counter() - started)
        if not set(suggested[:3]) & set(wanted):
            missed.append(f"{text} → {', '.join(suggested[:3])}")
    return 1 - len(missed) / len(asked), missed, seconds


def others(language: str) -> dict[str, Suggest]:
    """The same answers in one list, by the cosine of tf-idf: of our pieces, and of the pieces of words."""
    texts = [
        (answer.id, text)
        for spoken, answer, ways in entries()
        if spoken == language
        for text in (*ways, answer.text)
    ]
    texts += [(answer.id, f"{answer.question} {answer.text}") for answer in earlier(language)]
    ids = [answer_id for answer_id, _ in texts]
    found: dict[str, Suggest] = {}
    for name, options in {
        "tf-idf, same pieces": {"analyzer": grams},
        "tf-idf, 2 to 4 characters": {"analyzer": "char_wb", "ngram_range": (2, 4)},
    }.items():
        vectors: Any = TfidfVectorizer(sublinear_tf=True, **options)
        matrix = vectors.fit_transform(text for _, text in texts)

        def suggest(question: str, _before: str, vectors: Any = vectors, matrix: Any = matrix) -> list[str]:
            scores = (matrix @ vectors.transform([question]).T).toarray()[:, 0]
            return list(dict.fromkeys(ids[at] for at in np.argsort(-scores)[:500]))

        found[name] = suggest
    return found


def main(show: Callable[[str], None] = print) -> None:
    show(f"Suggestions among the FAQ and {OTHERS + 40:,} earlier answers, recall@3:")
    for language in LANGUAGES:
        made = shelf(language)
        everything: list[float] = []
        for part in PARTS:
            asked = questions(language, part)
            share, missed, seconds = recall(asked, lambda *q, made=made: [a.id for a in made.suggest(*q)])
            everything += seconds
            show(f"  {language}, {len(asked)} {part}: {share:.2f}")
            if "--errors" in sys.argv:
                for each in missed:
                    show(f"    missed: {each}")
        slow = sorted(everything)[int(len(everything) * 0.95)]
        show(f"    {statistics.median(everything) * 1000:.1f} ms (median), {slow * 1000:.1f} ms (p95)")
        for name, suggest in others(language).items():
            shares = " / ".join(f"{recall(questions(language, part), suggest)[0]:.2f}" for part in PARTS)
            show(f"    beside it, {name}: {shares}")


if __name__ == "__main__":
    main()
