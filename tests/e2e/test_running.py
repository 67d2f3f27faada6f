"""What runs, seen from outside."""

from pathlib import Path


def test_rasa_has_loaded_no_tensorflow(stack):
    loaded = Path(f"/proc/{stack.pid('rasa')}/maps").read_text()
    assert "site-packages/sklearn" in loaded
    assert "tensorflow" not in loaded
