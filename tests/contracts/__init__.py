"""Rules that every module of the house keeps, tested over all of them at once."""
