"""Accounts of people and enterprises on the public side."""
