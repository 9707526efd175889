"""What is asked of the whole county; unit tests live beside each module."""
