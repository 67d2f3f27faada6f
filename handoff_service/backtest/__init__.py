"""What other rules would have done with the conversations that were: stored turns in, differences out.

`stretches`, `replay`, `tally`, `marks` and `queue_simulation` are pure; `repository` reads, `service` ties
them together. Nothing is written, so a backtest may run beside the service on the same database.
"""
