"""A zone with nothing but ground, gate and letters that only carry a number: what the gate alone can do."""
