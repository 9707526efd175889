"""What tests of every module share; nothing here is imported by the running system."""
