"""Many files of light curves as one table in long form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from datasets.lightcurves.errors import LightCurveError
from datasets.lightcurves.files import COLUMNS, NAMES, SCHEMA, TEXTS, read_file, short

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The natural logarithm of 10, times 0.4: from errors of magnitudes to those of flux.
PER_MAGNITUDE = 0.921034


def long_form(
    files: Sequence[tuple[str, bytes]],
    labels: tuple[str, bytes] | None = None,
    *,
    magnitudes: bool = False,
) -> pl.DataFrame:
    """Return the measurements of all files, with what the labels say of each star.

    Parameters
    ----------
    files : sequence of (str, bytes)
        Name and content of each.
    labels : (str, bytes), optional
        A table with `star_id` and any of `label`, `period`, `period2`.
    magnitudes : bool
        Whether values are magnitudes, small where a star is bright; they become flux,
        1 at the median of a star.

    Returns
    -------
    DataFrame
        The columns of `files.COLUMNS` that there are, by star and time.

    Raises
    ------
    LightCurveError
    """
    parts = [read_file(name, content) for name, content in files]
    if not parts:
        raise LightCurveError("", "There is no file of light curves.")
    rows = pl.concat(parts, how="diagonal_relaxed")
    if magnitudes:
        rows = _as_flux(rows)
    if labels is not None:
        told = read_labels(*labels)
        known = [name for name in told.columns if name != "star_id"]
        rows = rows.drop(known, strict=False).join(told, on="star_id", how="left")
    names = [name for name in COLUMNS if name in rows.columns]
    return rows.select(names).sort("star_id", "time", maintain_order=True)


def read_labels(filename: str, content: bytes) -> pl.DataFrame:
    """Return what a table says of each star, one row a star.

    Raises
    ------
    LightCurveError
    """
    try:
        read = pl.read_csv(content, infer_schema=False, comment_prefix="#")
    except pl.exceptions.PolarsError as error:
        reason = str(error).split("\n")[0][:200]
        raise LightCurveError(filename, f"This is no CSV table ({reason}).") from None
    names = {column: NAMES.get(column.strip().lower(), "") for column in read.columns}
    meant = [name for name in names.values() if name]
    if len(set(meant)) < len(meant):
        raise LightCurveError(filename, "Two of its columns mean the same.")
    found = read.select(
        pl.col(column).str.strip_chars().cast(SCHEMA[name], strict=False).alias(name)
        for column, name in names.items()
        if name in {"star_id", "label", "period", "period2"}
    )
    if "star_id" not in found.columns or len(found.columns) < 2:
        raise LightCurveError(
            filename, "It needs the columns star_id and label, and may have a period."
        )
    for name in [name for name in TEXTS if name in found.columns]:
        for value in found[name].drop_nulls():
            short(filename, name, value)
    return found.unique("star_id", keep="first", maintain_order=True)


def _as_flux(rows: pl.DataFrame) -> pl.DataFrame:
    """Return magnitudes as flux relative to the median of each star."""
    middle = pl.col("flux").median().over("star_id")
    flux = 10 ** (-0.4 * (pl.col("flux") - middle))
    changed = [flux.alias("flux")]
    if "flux_err" in rows.columns:
        changed.append((PER_MAGNITUDE * pl.col("flux_err") * flux).alias("flux_err"))
    return rows.with_columns(changed)
