"""What is wrong with a file of light curves."""

from __future__ import annotations


class LightCurveError(Exception):
    """A file that holds no light curve; the text says which, where and why."""

    def __init__(self, filename: str, sentence: str, line: int | None = None) -> None:
        place = f"“{filename}”" if line is None else f"“{filename}”, line {line}"
        super().__init__(f"{place}: {sentence}")
