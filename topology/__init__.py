"""What a stack says: its file, its model, its graph, and who can reach whom.

Pure but for `source`: no Docker, no clock, no environment except what is passed in.
"""
