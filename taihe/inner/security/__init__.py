"""The consoles of the three administrators: accounts and requests, approvals and sessions, and the audit record.

What each may do is fixed in people's permissions: the system administrator asks, the security
administrator decides, the audit administrator sees all that was recorded and changes nothing.
"""
