"""A feature small enough to see through: notes that cross the gate with a file, in two versions of their letter.

TAIHE_TOY_VERSION=1 plays a release that knows only the older version.
"""
