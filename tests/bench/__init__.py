"""What the county can bear, measured beside a peer in the same run.

Each ``bench_NAME.py`` has ``run() -> list[dict]`` with name, value, unit, peer, peer_value and ratio (a peer may be
None).  `make bench` runs each in a process of its own; data sets stay in var/bench between runs.
"""
