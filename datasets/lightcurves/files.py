"""One file of light curves, read into rows in long form.

Three layouts are known: two or three columns of numbers (time, value, error) as in
`.tbl` and `.dat` files, one file a star; text with a line of names; JSON whose objects
hold arrays. Lines that begin with # are remarks.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import PurePath
from typing import Any

import polars as pl

from datasets.lightcurves.errors import LightCurveError

#: The columns of the long form; the last three are of a star, not of a measurement.
COLUMNS = ("star_id", "time", "flux", "flux_err", "label", "period", "period2")
TEXTS = ("star_id", "label")
LONGEST = 200
SCHEMA = {name: pl.String if name in TEXTS else pl.Float64 for name in COLUMNS}
#: What files call these columns, in lower case.
NAMES = {
    **dict.fromkeys(("star_id", "star", "id", "object", "name"), "star_id"),
    **dict.fromkeys(("time", "t", "jd", "hjd", "bjd", "mjd", "date"), "time"),
    **dict.fromkeys(("flux", "mag", "magnitude", "value"), "flux"),
    **dict.fromkeys(("flux_err", "err", "error", "mag_err", "sigma"), "flux_err"),
    **dict.fromkeys(("label", "class", "type"), "label"),
    "period": "period",
    "period2": "period2",
}


def read_file(filename: str, content: bytes) -> pl.DataFrame:
    """Return the measurements of a file, with the columns that it has of `COLUMNS`.

    Raises
    ------
    LightCurveError
    """
    text = content.decode("utf-8-sig", errors="replace")
    if text.lstrip()[:1] in {"{", "["}:
        return _from_json(filename, text)
    lines = [
        (number, line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise LightCurveError(filename, "The file is empty.")
    separator = _separator(lines[0][1])
    cells = [(number, _cells(line, separator)) for number, line in lines]
    if all(_number(cell) is not None for cell in cells[0][1]):
        names = ["time", "flux", "flux_err"][: len(cells[0][1])]
    else:
        names = [NAMES.get(cell.lower(), "") for cell in cells.pop(0)[1]]
    return _typed(filename, names, cells)


def _separator(line: str) -> str | None:
    """Return what divides a line; None for blanks of any number."""
    return next((sign for sign in (",", ";", "\t") if sign in line), None)


def _cells(line: str, separator: str | None) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _number(text: str) -> float | None:
    """Return a number, NaN for no value, or None for what is neither."""
    if re.fullmatch(r"(nan|null|none|na)?", text, re.IGNORECASE):
        return math.nan
    try:
        return float(text)
    except ValueError:
        return None


def _typed(
    filename: str, names: list[str], cells: list[tuple[int, list[str]]]
) -> pl.DataFrame:
    _check_names(filename, names)
    found: dict[str, list[Any]] = {name: [] for name in names if name}
    for line, values in cells:
        if len(values) < len(names):
            sentence = f"There are {len(values)} values where {len(names)} are needed."
            raise LightCurveError(filename, sentence, line)
        for name, value in zip(names, values, strict=False):
            if name in TEXTS:
                found[name].append(value or None)
            elif name:
                number = _number(value)
                if number is None:
                    sentence = f"“{value[:40]}” is no number ({name})."
                    raise LightCurveError(filename, sentence, line)
                found[name].append(number)
    return _named(filename, found)


def _from_json(filename: str, text: str) -> pl.DataFrame:
    """Return the curves of one object, of a list of them, or of one on each line."""
    try:
        read = json.loads(text)
    except RecursionError:
        raise LightCurveError(filename, "The JSON is nested too deeply.") from None
    except ValueError:
        read = _from_lines(filename, text)
    curves = read if isinstance(read, list) else [read]
    if not curves:
        raise LightCurveError(filename, "The file is empty.")
    return pl.concat(
        [_of_object(filename, curve) for curve in curves], how="diagonal_relaxed"
    )


def _from_lines(filename: str, text: str) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            found += [json.loads(line)] if line.strip() else []
        except (ValueError, RecursionError):
            raise LightCurveError(filename, "This is no JSON.", number) from None
    return found


def _of_object(filename: str, curve: Any) -> pl.DataFrame:
    if not isinstance(curve, dict):
        raise LightCurveError(filename, "An object with arrays was expected.")
    found = {NAMES.get(key.lower(), ""): value for key, value in curve.items()}
    found.pop("", None)
    _check_names(filename, list(found))
    size = len(found["time"]) if isinstance(found["time"], list) else 0
    columns: dict[str, list[Any]] = {}
    for name, value in found.items():
        values = value if isinstance(value, list) else [value] * size
        if len(values) != size or not size:
            raise LightCurveError(filename, f"“{name}” is no array as long as “time”.")
        columns[name] = [_plain(filename, name, item) for item in values]
    return _named(filename, columns)


def _plain(filename: str, name: str, value: Any) -> Any:
    """Return a value of JSON as its column holds it."""
    if value is None:
        return None if name in TEXTS else math.nan
    if name in TEXTS:
        return short(filename, name, str(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LightCurveError(filename, f"“{str(value)[:40]}” is no number ({name}).")
    try:
        return float(value)
    except OverflowError:
        raise LightCurveError(filename, f"A number is too large ({name}).") from None


def short(filename: str, name: str, value: str) -> str:
    """Return a name or label; one that is long would stand beside every measurement."""
    if len(value) > LONGEST:
        raise LightCurveError(
            filename, f"A {name} is longer than {LONGEST} characters."
        )
    return value


def _check_names(filename: str, names: list[str]) -> None:
    """Raise where the columns that make a light curve are not there."""
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise LightCurveError(filename, f"There are two columns of {twice[0]}.")
    for name in ("time", "flux"):
        if name not in names:
            known = ", ".join(key for key, value in NAMES.items() if value == name)
            raise LightCurveError(
                filename, f"There is no {name}; such a column is called {known}."
            )


def _named(filename: str, columns: dict[str, list[Any]]) -> pl.DataFrame:
    """Return the rows as a frame; without a name the star is called as the file."""
    schema = {name: SCHEMA[name] for name in columns}
    rows = pl.DataFrame(columns, schema=schema).with_columns(
        pl.selectors.float().fill_nan(None)
    )
    if "star_id" not in columns:
        rows = rows.with_columns(star_id=pl.lit(PurePath(filename).stem))
    return rows.drop_nulls(["star_id", "time", "flux"])
