"""Rasa as the server has it: see `rasa_parts/without_tensorflow.py`."""

from rasa_parts import without_tensorflow

without_tensorflow.leave_out()
