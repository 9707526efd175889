"""Readers of the editorial office."""
