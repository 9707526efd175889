"""The electronic government of a county: an office wing, a public wing, and one gate between them."""
