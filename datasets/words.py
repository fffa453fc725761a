"""Marks words that people read, where they are no sentence and no title.

Pure packages know no Django: the word stays English here and is said in the reader's
language where it is shown, see `datamine.speech`.
"""

from __future__ import annotations


def word(text: str) -> str:
    """Return the text as it is; that it is called says that it is to be translated."""
    return text


#: What a statistic is called, wherever one can be chosen.
STATISTICS = {
    "mean": word("mean"),
    "median": word("median"),
    "mode": word("most frequent value"),
    "min": word("smallest value"),
    "max": word("largest value"),
}


def statistics(*names: str) -> dict[str, str]:
    """Return the words for these statistics, as declarations of choices take them."""
    return {name: STATISTICS[name] for name in names}


class Name(str):
    """A name that people gave, as a title of a chart: no language says it otherwise."""

    __slots__ = ()
