"""What a turn shows, read from its words and from what the classifier made of them. Pure but for loading
dictionaries and the sentiment model.

One module per signal; each returns its value and why it has it. `signals_of` gives all of them.
"""

from actions.signals.assemble import SIGNALS_VERSION, signals_of, warm_up

__all__ = ["SIGNALS_VERSION", "signals_of", "warm_up"]
