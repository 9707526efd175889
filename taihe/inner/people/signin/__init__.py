"""Sign-in to the office zone: who comes in, by what proof, from which post they act, and how it ends.

A password and, where the rule asks for it, a second proof (TOTP, passkey or recovery code) open one
session, kept as a SessionNote.  Failures are counted per account and per address and lead to pauses
that grow.  Every request then carries ``request.actor``: the officer in the post acted from, looked
up anew each time.  django-allauth supplies the second factors' storage and ceremonies; none of its
pages is mounted.
"""
