"""`rasa train`, without TensorFlow where the pipeline in config.yml needs none.

Arguments are those of `rasa train`, but for another --config. Runs in the assistant's environment, in the
repository's root.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from rasa_parts import without_tensorflow


def needs_tensorflow(config: Path) -> bool:
    try:
        return without_tensorflow.is_needed_by(without_tensorflow.named_in(config))
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return True  # Rasa chooses the components, or says what is wrong


def main() -> None:
    if not needs_tensorflow(Path("config.yml")):
        without_tensorflow.leave_out()
    from rasa.__main__ import main as rasa

    sys.argv = ["rasa", "train", *sys.argv[1:]]
    rasa()


if __name__ == "__main__":
    main()
