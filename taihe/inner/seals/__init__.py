"""印章: whose seal may be put on what, each use on record, and the check of any sealed PDF."""
