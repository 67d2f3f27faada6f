"""Assigning: waiting conversations + agents + policy + now in, assignments out.

Pure: `now` is passed in and nothing is drawn by chance, so an assignment can be explained, repeated and
simulated.
"""
