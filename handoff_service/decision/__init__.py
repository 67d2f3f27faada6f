"""Deciding whether a turn goes to a person: turns + customer + rules in, a decision with its reasons out.

Pure: no clock, no I/O, no framework. The same inputs give the same decision for ever, which is what lets
stored turns be replayed under other rules.
"""
