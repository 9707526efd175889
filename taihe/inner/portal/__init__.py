"""The editorial office (门户采编): columns, articles, three reviews, and the signed pages for the public side."""
