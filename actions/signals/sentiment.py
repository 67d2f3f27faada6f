"""How the customer feels, from -1 (furious) to 1 (delighted): a trained classifier and a lexicon together.

The service calls a turn displeased from -0.4 down and strongly negative from -0.8 down. The classifier knows
whether a text blames or praises, also in irony and without a word of feeling; how strongly, only the words
say: an outburst takes strong ones.
"""

from math import exp

from actions.signals import sentiment_classifier as classifier
from actions.signals import sentiment_lexicon as lexicon
from actions.signals.reading import Reading

PLAIN_BLAME = 0.6  # of a text that blames for certain but without a strong word: displeased, no outburst
PLAIN_PRAISE = 0.7
TRUST = 2.0  # in words of feeling: a word of full strength makes its side e^2 times as likely
WORTH_A_REASON = 0.1  # from here on the classifier is named, with the words that it went by


def sentiment(reading: Reading) -> tuple[float, str | None]:
    """Return the feeling and what it was read from: the strongest words first, then the classifier."""
    words = lexicon.feeling(reading)
    model = classifier.loaded()
    if model is None or (reading.zh is None and reading.en is None):
        return words
    chances = _with_words(classifier.classify(model, reading, words), words.value)
    blame = chances.negative * max(PLAIN_BLAME, -words.value)
    praise = chances.positive * max(PLAIN_PRAISE, words.value)
    value = round(praise - blame, 4) or 0.0  # never -0.0; three digits would hide the order near the ends
    if abs(value) < WORTH_A_REASON:
        return value, words.why
    judged = f"classifier {chances.positive - chances.negative:+.2f}"
    if span := classifier.telling(model, reading, blame=value < 0):
        judged += f" ({span})"
    return value, f"{words.why}; {judged}" if words.why else judged


def _with_words(chances: classifier.Chances, feeling: float) -> classifier.Chances:
    """The chances once words of feeling are counted beside the whole text."""
    negative = chances.negative * exp(TRUST * max(0.0, -feeling))
    positive = chances.positive * exp(TRUST * max(0.0, feeling))
    whole = negative + chances.neutral + positive
    return classifier.Chances(negative / whole, chances.neutral / whole, positive / whole)
