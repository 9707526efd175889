"""What every screen of the county is built from, so that all modules look and work alike.

Two zones wear it: the office (`gov/shell.html`) and the public side (`gov/outer.html`).  A module's
page extends one of them and fills blocks; the parts come from ``{% load gov %}``.  Everything works
without JavaScript, passes a strict Content-Security-Policy (no inline script or style) and runs on
Chromium 109.  `gallery.py` shows every part.
"""
