"""Wiring only: the settings, addresses and front of each zone, and the `taihe` command."""
