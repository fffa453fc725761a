"""Values as ARFF writes them: bare, or in quotes with backslashes inside."""

from __future__ import annotations

import re

QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
VALUE = re.compile(rf"[ \t]*({QUOTED}|[^,]*?)[ \t]*(?:,|$)", re.DOTALL)
WORD = re.compile(rf"[ \t]*({QUOTED}|[^ \t]+)")
PAIR = re.compile(rf"[ \t]*([0-9]+)[ \t]+({QUOTED}|[^,'\"]*?)[ \t]*(?:,|$)", re.DOTALL)
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
#: A remark behind a record: the sign stands behind a blank, outside quotes.
REMARK = re.compile(rf"((?:{QUOTED}|[^'\"%]|(?<![ \t])%)*)[ \t]%.*", re.DOTALL)


def values_in(text: str) -> list[str]:
    """Return the values of a list: between commas, else between blanks."""
    if "," not in text:
        return [plain(found[1]) for found in WORD.finditer(text)]
    values, at = [], 0
    while found := VALUE.match(text, at):
        values.append(plain(found[1]))
        at = found.end()
        if at == len(text):
            break
    else:
        # A quote opened and never closed, or text behind a closing one.
        values.append(text[at:])
    if text.endswith(","):
        values.append("")
    return values


def pairs_in(text: str) -> list[tuple[int, str]] | None:
    """Return the places and values of a sparse record; None where it has others."""
    pairs, at = [], 0
    while at < len(text):
        found = PAIR.match(text, at)
        if not found:
            return None
        pairs.append((int(found[1][:9]), plain(found[2])))
        at = found.end()
    return pairs


def plain(text: str) -> str:
    """Return what a value means, without quotes and blanks around it."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
        if "\\" in text:
            text = ESCAPE.sub(_meaning, text)
    return text.strip(" \t")


def _meaning(found: re.Match[str]) -> str:
    sign = found[1]
    return chr(int(sign[1:], 16)) if len(sign) > 1 else ESCAPED.get(sign, sign)
