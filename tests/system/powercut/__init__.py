"""A disk that forgets: all writes are recorded in one order, and a disk is built as a power cut leaves it."""
