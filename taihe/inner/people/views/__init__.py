"""The pages of organs, people, stand-ins and imports: each view asks once who may, reads or acts once, and answers."""
