"""Remembers a plan that found nothing to do, and asks only whether that still holds.

A plan reads; what it says follows from what it read. So a run that had nothing to do leaves a note of all it
looked at: the arguments, the environment, each file (also those it looked for in vain) and each answer of the
engine, as digests. The next run with the same arguments looks at exactly these again, engine and all,
and where every one is as it was, says what the last one said. Where one differs, or the run looked at
anything of which no note can be taken (another socket, another program, the clock), it is made anew.

Everything here is standard library: loading more is what takes the time.
"""
