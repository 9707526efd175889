"""Organs, posts and officers: who works where, from when to when, and who stands in for whom."""
