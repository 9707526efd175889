"""The pages of work: lists, one item, one matter, and what may be done with them."""
