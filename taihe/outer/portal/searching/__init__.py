"""Search of the public site: finds in the signed pages, and shows only what is served at this moment.

The index is a guide, not a source: a hit is shown only when the verified release in memory has the page
now, and its words are read from there.  A withdrawn page is gone from the results at once, and nothing
written into the index on the disk can reach a reader.
"""
