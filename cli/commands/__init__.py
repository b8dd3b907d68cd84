"""One module for each command: its flags, and a function from them to a report.

A command imports what it needs inside the function, so that no command pays for another.
"""
