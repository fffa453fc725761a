"""What a profile gives reason to look at, in plain words, and the step that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.charts.drawing import plain
from datasets.tables import NUMERIC, ColumnType
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    Figures = dict[str, Any]
    Warning_ = dict[str, str]

MOSTLY_MISSING = 0.5
NEARLY_CONSTANT = 0.98
MANY_CATEGORIES = 50
SKEWED = 0.25
MANY_OUTLIERS = 0.01
SCALES_APART = 100
#: Two columns that go together this closely say the same.
TWINS = 0.98
#: With fewer values, "all different" and "nearly all equal" say nothing.
ENOUGH = 20
FEW_ROWS = 50
#: Numbers with fewer different values are codes or counts: they have no shape.
SOME_VALUES = 10
#: Measures that say two columns hold the same, and their names in a sentence.
_ALIKE = {"pearson": word("correlation"), "cramers_v": word("Cramér's V")}
_NAMING = frozenset({ColumnType.INTEGER, ColumnType.CATEGORY, ColumnType.TEXT})


def about_column(figures: Figures, rows: int) -> list[Warning_]:
    """Return what to look at in a column of a table of `rows`."""
    present = rows - figures["missing"]
    found = (rule(figures, present) for rule in _COLUMN_RULES)
    return [warning for warning in found if warning]


def about_table(profile: Figures) -> list[Warning_]:
    """Return what to look at in the table as a whole."""
    found = (rule(profile) for rule in _TABLE_RULES)
    return [warning for warning in found if warning]


def about_pairs(columns: Sequence[Figures], pairs: Sequence[Figures]) -> None:
    """Add to the later of two columns that it says what the earlier one says."""
    places = {column["id"]: place for place, column in enumerate(columns)}
    told: set[str] = set()
    for pair in pairs:
        first, second = sorted((pair["a"], pair["b"]), key=places.__getitem__)
        if pair["strength"] < TWINS or pair["measure"] not in _ALIKE or second in told:
            continue
        earlier, later = columns[places[first]], columns[places[second]]
        if pair["measure"] == "cramers_v" and earlier["unique"] != later["unique"]:
            continue  # the finer of two categories tells the other, not the reverse
        told.add(second)
        detail = (
            f"“{later['name']}” says nearly the same as “{earlier['name']}” ("
            f"{_ALIKE[pair['measure']]} {pair['strength']:.2f}): one of them is enough."
        )
        later["warnings"].append(_warning("twin", detail, "drop_columns"))


def _warning(code: str, detail: str, step: str | None = None) -> Warning_:
    warning = {"code": code, "detail": detail}
    return warning | {"step": step} if step else warning


def _missing(figures: Figures, present: int) -> Warning_ | None:
    missing = figures["missing"]
    rows = present + missing
    if not missing:
        return None
    if not present:
        detail = f"“{figures['name']}” has no values at all."
        return _warning("all_missing", detail, "drop_columns")
    share = missing / rows
    detail = (
        f"{missing:,} of {rows:,} values of “{figures['name']}” are missing "
        f"({_percent(share)})."
    )
    mostly = share > MOSTLY_MISSING
    return _warning("missing", detail, "drop_columns" if mostly else "fill_missing")


def _constant(figures: Figures, present: int) -> Warning_ | None:
    if figures["unique"] != 1 or present < 2:
        return None
    detail = f"“{figures['name']}” has the same value everywhere: it tells nothing."
    return _warning("constant", detail, "drop_columns")


def _nearly_constant(figures: Figures, present: int) -> Warning_ | None:
    if present < ENOUGH or figures["unique"] < 2:
        return None
    share = figures["top"][0]["count"] / present
    if share < NEARLY_CONSTANT:
        return None
    detail = f"{_percent(share)} of the values of “{figures['name']}” are the same."
    return _warning("nearly_constant", detail)


def _id_like(figures: Figures, present: int) -> Warning_ | None:
    if not _names_rows(figures, present) or figures.get("amounts"):
        return None
    detail = (
        f"“{figures['name']}” is different in every row, like a number of the row: "
        "nothing can be learned from it."
    )
    return _warning("id_like", detail, "drop_columns")


def _names_rows(figures: Figures, present: int) -> bool:
    all_differ = figures["unique"] == present >= ENOUGH
    return all_differ and figures["type"] in _NAMING


def _high_cardinality(figures: Figures, present: int) -> Warning_ | None:
    unique = figures["unique"]
    is_category = figures["type"] == ColumnType.CATEGORY
    if not is_category or unique <= MANY_CATEGORIES or _names_rows(figures, present):
        return None
    detail = (
        f"“{figures['name']}” has {unique:,} different values: a column for each is "
        "too many."
    )
    return _warning("high_cardinality", detail, "encode")


def _infinite(figures: Figures, present: int) -> Warning_ | None:
    count = figures["infinite"]
    if not count:
        return None
    what = word("1 value") if count == 1 else word(f"{count:,} values")
    detail = f"“{figures['name']}” has {what} without end (infinity)."
    return _warning("infinite", detail, "outliers")


def _skewed(figures: Figures, present: int) -> Warning_ | None:
    mean, deviation = figures["mean"], figures["deviation"]
    middle = figures["quantiles"]["0.5"]
    if present < ENOUGH or mean is None or not deviation or middle is None:
        return None
    if figures["unique"] < SOME_VALUES:
        return None
    if abs(mean - middle) / deviation <= SKEWED:
        return None
    detail = (
        f"The values of “{figures['name']}” lie to one side: the mean is "
        f"{plain(mean)}, the median {plain(middle)}. Scaling by “robust” is not moved "
        "by a few extremes."
    )
    return _warning("skewed", detail, "scale")


def _outliers(figures: Figures, present: int) -> Warning_ | None:
    count = figures["outliers"] or 0
    if present < ENOUGH or count / present <= MANY_OUTLIERS:
        return None
    if figures["unique"] < SOME_VALUES:
        return None
    detail = (
        f"{count:,} values of “{figures['name']}” ({_percent(count / present)}) lie "
        "far from the others: more than 1.5 quartile distances outside the quartiles."
    )
    return _warning("outliers", detail, "outliers")


def _look_alikes(figures: Figures, present: int) -> Warning_ | None:
    groups = figures.get("look_alikes")
    if not groups:
        return None
    example = " and ".join(f"“{_short(value)}”" for value in groups[0][:3])
    detail = (
        f"Values of “{figures['name']}” differ only in blanks or capitals and count as "
        f"different: {example}."
    )
    return _warning("look_alikes", detail, "tidy_text")


def _markers(figures: Figures, present: int) -> Warning_ | None:
    marks = figures.get("markers")
    if not marks:
        return None
    example = ", ".join(f"“{mark}”" for mark in marks[:3])
    detail = f"“{figures['name']}” holds what may mean missing: {example}."
    return _warning("markers", detail, "mark_missing")


def _amounts(figures: Figures, present: int) -> Warning_ | None:
    found = figures.get("amounts")
    if not found:
        return None
    example = ", ".join(f"“{_short(text)}”" for text in found[:2])
    detail = (
        f"“{figures['name']}” holds numbers as text: {example}. Without their signs "
        "they can be calculated with."
    )
    return _warning("amounts", detail, "read_amounts")


def _empty(profile: Figures) -> Warning_ | None:
    if profile["rows"] >= FEW_ROWS:
        return None
    if not profile["rows"]:
        return _warning("no_rows", "The table has columns but no rows.")
    detail = f"The table has only {profile['rows']} rows: results will be uncertain."
    return _warning("few_rows", detail)


def _duplicates(profile: Figures) -> Warning_ | None:
    count = profile["duplicates"]
    if not count:
        return None
    rows = word("1 row equals") if count == 1 else word(f"{count:,} rows equal")
    detail = (
        f"{rows} an earlier one. A copy in training and in test makes results look "
        "better than they are."
    )
    return _warning("duplicates", detail, "drop_duplicates")


def _wide(profile: Figures) -> Warning_ | None:
    columns, rows = len(profile["columns"]), profile["rows"]
    if not rows or columns <= rows:
        return None
    detail = f"The table has more columns ({columns:,}) than rows ({rows:,})."
    return _warning("wide", detail, "select_columns")


def _different_scales(profile: Figures) -> Warning_ | None:
    measured = [
        column
        for column in profile["columns"]
        if column["type"] in NUMERIC
        and column["deviation"]
        and column["unique"] > 2
        and not _names_rows(column, profile["rows"] - column["missing"])
    ]
    if len(measured) < 2:
        return None
    ordered: Sequence[Figures] = sorted(measured, key=lambda c: float(c["deviation"]))
    small, large = ordered[0], ordered[-1]
    if large["deviation"] / small["deviation"] <= SCALES_APART:
        return None
    detail = (
        f"The numbers differ in size: “{large['name']}” varies by "
        f"{plain(large['deviation'])}, “{small['name']}” by "
        f"{plain(small['deviation'])}. Methods that measure distances need one scale."
    )
    return _warning("different_scales", detail, "scale")


def _percent(share: float) -> str:
    return word("less than 0.1 %") if share < 0.001 else f"{100 * share:.1f} %"


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"


_COLUMN_RULES = (
    _missing,
    _constant,
    _nearly_constant,
    _id_like,
    _high_cardinality,
    _infinite,
    _skewed,
    _outliers,
    _look_alikes,
    _markers,
    _amounts,
)
_TABLE_RULES = (_empty, _duplicates, _wide, _different_scales)
