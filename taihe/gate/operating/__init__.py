"""What only an operator decides, with a reason: a new epoch, and what becomes of quarantined letters."""
