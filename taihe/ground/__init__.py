"""What any careful office system needs and no county yet: identity of the asker, evidence, queues, files, keys."""
