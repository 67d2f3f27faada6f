"""Set-up, start and tests: what the Makefile's targets call.

Until the two environments exist only the machine's own `python3` is there, so everything here but
`serve` (which runs in the service's environment) needs nothing beyond the standard library.
"""
