"""How well the trained model understands sentences that it was not made from.

    python -m benchmarks.quality_intents [--errors] [--confusions] [--model FILE]

The method is printed with the figures. --errors lists the wrong sentences of our own sets, --confusions only
which intents were taken for which; texts of the evaluation folder are never printed.
"""

import argparse
import json
import os
from collections import Counter
from pathlib import Path

from benchmarks._intents import readings
from scripts.measure_nlu import OUT_OF_SCOPE, REJECTIONS, Reading, score
from scripts.model import model_path
from scripts.settings import ROOT
from tests.assistant.nlu_files import HELD_BACK, LANGUAGES, sentences

METHOD = """\
Intents. Rasa's Agent parses sentences that the model was never trained on, with the whole pipeline.
Own set: tests/assistant/nlu_test, written apart from the training data (see its README.md). A sentence
is right when the parse ends as its intent, so a fallback is wrong. Rejected: the parse ends as
nlu_fallback or out_of_scope.
"""
ACCURACY, REJECTED, WRONGLY_REJECTED = 0.93, 0.90, 0.05
GIVEN = "out_of_scope_en.jsonl"  # in the evaluation folder: lines of {"text", "label"}, all out of scope


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="list the wrong sentences of our own sets")
    parser.add_argument("--confusions", action="store_true", help="count which intents were taken for which")
    parser.add_argument("--model", type=Path, default=model_path(ROOT), help="default: that of the sources")
    options = parser.parse_args()
    if not options.model.exists():
        raise SystemExit(f"There is no model {options.model}; `make train` makes it.")

    own = sentences(HELD_BACK)
    given = _given()
    found = readings(options.model, {**own, GIVEN: {OUT_OF_SCOPE: given}})
    print(METHOD)
    for language in LANGUAGES:
        _print_language(language, [reading for reading in found if reading.language == language])
    if given:
        outside = [reading for reading in found if reading.language == GIVEN]
        rejected = sum(reading.predicted in REJECTIONS for reading in outside)
        _print(f"en  out of scope rejected, {GIVEN}", rejected, len(outside), REJECTED)
    else:
        print(f"No {GIVEN} in the evaluation folder (BATON_EVAL_DIR): not measured.")

    wrong = [reading for reading in found if reading.language in LANGUAGES and _is_wrong(reading)]
    if options.confusions:
        pairs = Counter((reading.language, reading.intent, reading.predicted) for reading in wrong)
        for (language, intent, predicted), times in pairs.most_common():
            print(f"{times:>4} {language} {intent} -> {predicted}")
    if options.errors:
        for one in wrong:
            print(
                f"{one.language} {one.intent} -> {one.predicted} "
                f"(best {one.best} {one.confidence:.2f}): {one.text}"
            )


def _print_language(language: str, own: list[Reading]) -> None:
    result = score(own, {reading: reading.predicted for reading in own})
    inside, outside = result.total, result.out_of_scope
    _print(f"{language}  intent accuracy", result.right, inside, ACCURACY)
    _print(
        f"{language}  in scope wrongly rejected",
        result.wrongly_rejected,
        inside,
        WRONGLY_REJECTED,
        at_most=True,
    )
    _print(f"{language}  out of scope rejected, own set", result.rejected, outside, REJECTED)


def _print(what: str, count: int, total: int, target: float, at_most: bool = False) -> None:
    share = count / total
    met = share <= target if at_most else share >= target
    aim = f"target {'≤' if at_most else '≥'} {target:.2f}"
    print(f"  {what:<50} {share:.3f} ({count}/{total})  {aim}{'' if met else '  BELOW TARGET'}")


def _is_wrong(reading: Reading) -> bool:
    if reading.intent == OUT_OF_SCOPE:
        return reading.predicted not in REJECTIONS
    return reading.predicted != reading.intent


def _given() -> list[str]:
    """The texts of the evaluation folder; none when it is not there."""
    folder = Path(os.environ.get("BATON_EVAL_DIR") or ROOT.parent / "shared" / "eval")
    path = folder / GIVEN
    if not path.exists():
        return []
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line]


if __name__ == "__main__":
    main()
