"""The action server, `python -m rasa_sdk`, without its libraries' warnings; arguments are those of rasa_sdk.

Rather than `rasa run actions`, which is the same server after importing TensorFlow. Runs in the assistant's
environment, in the repository's root.
"""

from __future__ import annotations

from scripts.rasa_server import hush


def main() -> None:
    hush()
    from rasa_sdk.__main__ import main as rasa_sdk

    rasa_sdk()


if __name__ == "__main__":
    main()
