"""Speed and memory, measured honestly: `make bench` (docs/performance.md tells how to read it).

Everything runs as it would in service: the command `serve` with two processes on the embedded
PostgreSQL with fsync on, loaded over HTTP by a process of its own. Only ratios of one run are
evidence; each side of a ratio is measured in turn, round after round, and the median is told.
"""
