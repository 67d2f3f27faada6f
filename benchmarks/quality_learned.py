"""How well a learned score tells the turns that should be handed over.

    python -m benchmarks.quality_learned

The method is printed with the figures. The dialogues of the evaluation folder are never printed.
"""

import os
import time
from pathlib import Path

from handoff_service.learned.dialogue import read_dialogues
from handoff_service.learned.evaluation import cross_validated
from scripts.settings import ROOT

METHOD = """\
Learned score. Five folds by dialogue inside each file (seed 0): each dialogue is judged by a model that was
trained on the other four folds, its threshold included. F1 of the turns to hand over; AUC; Golden Transfer
within Tolerance for T = 1, 2, 3. One code and one set of parameters for both files.
"""
FOLDS = 5
TARGETS = {  # file: (F1, GT-III)
    "clothing": (0.64, 0.77),
    "makeup": (0.67, 0.82),
}


def main() -> None:
    folder = Path(os.environ.get("BATON_EVAL_DIR") or ROOT.parent / "shared" / "eval") / "timing"
    print(METHOD)
    for name, (f1, gt) in TARGETS.items():
        path = folder / f"{name}.jsonl"
        if not path.exists():
            print(f"{name}: left out, there is no {path} (BATON_EVAL_DIR names the evaluation folder).")
            continue
        started = time.perf_counter()
        found = cross_validated(read_dialogues(path), FOLDS)
        took = time.perf_counter() - started
        places = " / ".join(f"{one:.3f}" for one in found.gt)
        print(
            f"{name:9} F1 {found.f1:.3f} (at least {f1:.2f}), GT-I/II/III {places} (III at least {gt:.2f}), "
            f"macro-F1 {found.macro_f1:.3f}, AUC {found.auc:.3f}, {took:.0f} s"
        )


if __name__ == "__main__":
    main()
