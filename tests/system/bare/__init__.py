"""A zone with nothing but ground and gate: it starts in a moment, so that it can die often."""
