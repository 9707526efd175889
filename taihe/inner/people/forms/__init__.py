"""The forms of organs and people: what is asked, in which words, and which control asks it."""
