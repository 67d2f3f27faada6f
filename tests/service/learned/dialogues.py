"""Made-up dialogues in which it shows when a person is wanted: the customer says that it did not help."""

import random

from handoff_service.learned.dialogue import Dialogue, said

QUESTIONS = ["where is my parcel", "how do I pay", "can I change the address", "is it in stock"]
ANSWERS = ["see the page of your orders", "by card or transfer", "before it is sent, yes", "the page tells"]
COMPLAINTS = ["that does not help at all", "你没听懂我说的", "useless, again the same answer"]
THANKS = ["thank you", "好的谢谢"]


def made_up(count: int = 48, seed: int = 1) -> list[Dialogue]:
    chance = random.Random(seed)
    dialogues = []
    for number in range(count):
        turns, labels = [], []
        for _ in range(chance.randint(1, 3)):
            topic = chance.randrange(len(QUESTIONS))
            turns += [said("user", QUESTIONS[topic]), said("bot", ANSWERS[topic])]
            labels += [0, 0]
        unhappy = number % 2
        turns.append(said("user", chance.choice(COMPLAINTS if unhappy else THANKS)))
        labels.append(unhappy)
        dialogues.append(Dialogue(str(number), tuple(turns), tuple(labels)))
    return dialogues
