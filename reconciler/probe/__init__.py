"""Proof by packets: from the network stack of each subject of a claim, connections to each of its objects.

A connection is opened and closed; nothing is sent over it. Packets go to addresses that the engine reports
for the containers concerned, and to the host's own; a name is asked only of the engine's name server in the
container's own network stack, and only if somebody on the container's networks has it.
"""
