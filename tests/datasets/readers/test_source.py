"""Bytes as clean UTF-8, however a file is cut into pieces."""

import pytest

from datasets.readers.csv.source import Source
from datasets.readers.errors import ReaderError
from datasets.readers.limits import Limits

#: Signs of one to four bytes, and nothing but the longest.
TEXTS = ["a,é,€,🦉\nü,x\n" * 3, "🦉" * 9 + "\n"]


def read(path, size, encoding="utf-8"):
    with Source(path, encoding, Limits()) as source:
        return list(iter(lambda: source.read(size), b""))


@pytest.mark.parametrize("size", range(1, 12))
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_pieces_end_with_whole_signs(write, text, size, encoding):
    pieces = read(write(text.encode(encoding)), size, encoding)

    assert "".join(piece.decode() for piece in pieces) == text


@pytest.mark.parametrize("size", [1, 5, 9, 64])
@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80"])
def test_a_bad_sign_is_named_with_its_byte_in_any_piece(write, size, bad):
    path = write("aé\n€€€€\n".encode() + bad + b"\nx\n")

    with pytest.raises(ReaderError, match=r"Line 3 .* \(at byte 17\)"):
        read(path, size)


def test_a_sign_cut_off_by_the_end_is_named(write):
    with pytest.raises(ReaderError, match=r"Line 2 .* \(at byte 4\)"):
        read(write(b"\xc3\xa9a\n\xe2\x82"), 3)


def test_what_is_no_ascii_is_refused_in_a_later_piece(write):
    with pytest.raises(ReaderError, match="not ASCII"):
        read(write("aaaaé\n".encode()), 4, "ascii")
