"""Files that were damaged by chance, always in the same way.

Bytes change, vanish, repeat or change places, the end is missing, parts of other files
stand in the middle.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from datasets.exports.catalogue import FORMATS
from datasets.exports.outgoing import Outgoing
from datasets.tables import Column, Schema
from datasets.tables import ColumnType as T
from tests.datasets.workbooks import cell, sheet, workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIGNS = [b"\0", b'"', b"'", b",", b";", b"\n", b"\r", b"{", b"}", b"[", b"@", b"\xff"]
ROWS = 30


def flip(chance: random.Random, content: bytes, other: bytes) -> bytes:
    found = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def cut(chance: random.Random, content: bytes, other: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def drop(chance: random.Random, content: bytes, other: bytes) -> bytes:
    start, end = sorted(chance.sample(range(len(content)), 2))
    return content[:start] + content[min(end, start + 40) :]


def repeat(chance: random.Random, content: bytes, other: bytes) -> bytes:
    start, end = sorted(chance.sample(range(len(content)), 2))
    return content[:end] + content[start:end] * chance.randint(1, 20) + content[end:]


def insert(chance: random.Random, content: bytes, other: bytes) -> bytes:
    place = chance.randrange(len(content))
    return (
        content[:place] + chance.choice(SIGNS) * chance.randint(1, 9) + content[place:]
    )


def splice(chance: random.Random, content: bytes, other: bytes) -> bytes:
    return (
        content[: chance.randrange(len(content))]
        + other[chance.randrange(len(other)) :]
    )


def swap(chance: random.Random, content: bytes, other: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


MUTATIONS = [flip, cut, drop, repeat, insert, splice, swap]


def originals(folder: Path) -> dict[str, bytes]:
    """Return a small table in every format there is, and in encodings of text."""
    path = folder / "table.parquet"
    columns = {
        "c0": [n if n % 5 else None for n in range(ROWS)],
        "c1": [n / 4 for n in range(ROWS)],
        "c2": [f"kind, {n % 3}" for n in range(ROWS)],
        "c3": [f'said "{n}"\né' for n in range(ROWS)],
    }
    pq.write_table(pa.table(columns), path)
    kinds = [T.INTEGER, T.NUMBER, T.CATEGORY, T.TEXT]
    schema = Schema(
        tuple(Column(f"c{n}", f"name {n}", kind) for n, kind in enumerate(kinds))
    )
    table = Outgoing(path, schema)
    found = {f"a.{name}": b"".join(f.stream(table)) for name, f in FORMATS.items()}
    text = found["a.csv"].decode()
    rows = [[cell(f"A{n}", n), cell(f"B{n}", f"w{n}")] for n in range(1, 9)]
    return found | {
        "b.csv": text.encode("utf-16"),
        "c.tsv": text.replace(",", "\t").encode("cp1252"),
        "d.arff": b"@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n"
        b"{0 1.5, 1 y}\n{1 x}\n{}\n" * 3,
        "e.json": b'{"meta": {}, "rows": [{"a": 1, "b": [1, {"c": 2}]}, {"a": 2}]}',
        "f.xlsx": workbook(Sheet=sheet(*rows)),
    }


def damaged_files(
    seed: int, count: int, whole: dict[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of so many damaged files; equal seeds, equal files."""
    chance = random.Random(seed)
    names, contents = list(whole), list(whole.values())
    for _ in range(count):
        name, damage = chance.choice(names), chance.choice(MUTATIONS)
        yield name, damage(chance, whole[name], chance.choice(contents))
