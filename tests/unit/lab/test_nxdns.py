from __future__ import annotations

import struct

from examples.lab.nxdns import answer


def test_the_answer_repeats_the_question_and_denies_the_name() -> None:
    question = b"\x02db\x07example\x00\x00\x01\x00\x01"
    query = struct.pack(">6H", 0xBEEF, 0x0100, 1, 0, 0, 1) + question + b"additional record"
    identity, flags, questions, *records = struct.unpack(">6H", answer(query)[:12])
    assert identity == 0xBEEF
    assert flags & 0x8000, "a response"
    assert flags & 0x000F == 3, "no such name"
    assert (questions, records) == (1, [0, 0, 0])
    assert answer(query)[12:] == question


def test_a_query_cut_short_is_no_reason_to_fall_over() -> None:
    assert answer(b"\x12\x34").startswith(b"\x12\x34")
