"""Full-text search in Chinese: one index folder per zone, one process that writes it, any number that read.

Modules register where their documents come from (`sources`), actions say what has changed (`touch`),
the index process fetches the present state and writes it (`indexer`), pages ask (`index.Index.search`).
"""
