"""The editorial office's own pages."""
