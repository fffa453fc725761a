"""What a split goes by: groups and times, checked before any training."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datasets.tables import ColumnType
from experiments.learning.problems import problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from experiments.evaluation.facts import TableFacts
    from experiments.learning.plans import Plan
    from experiments.learning.problems import Finding

#: Share of different values from which a column names rows instead of describing them.
IDENTIFYING = 0.95
#: And from which it names things that come back.
REPEATED_NAMES = 0.3

ID_NAME = re.compile(
    r"(^|[_\s-])(id|ids|uuid|guid|key|nr|no|num|number|index|row|code)($|[_\s-])", re.I
)
#: As "kepid" does; "paid" and the like are other words.
_ENDS_LIKE_ID = re.compile(r"(?<!pa)(?<!val)(?<!ac)(?<!gr)(?<!sol)id$", re.I)


def check_sides(plan: Plan, facts: TableFacts) -> Iterator[Finding]:
    """Yield what is wrong with, or lacking of, group and time of a split."""
    for name, what in (
        (plan.split.group_column, "group"),
        (plan.split.time_column, "time"),
    ):
        if plan.split.method == what and name and name not in facts.columns:
            yield problem(name, "absent", f"There is no {what} column “{name}”.")
    yield from _check_group(plan, facts)
    yield from _check_time(plan, facts)
    if plan.split.method == "random":
        yield from _check_repeated_names(facts)


def _check_group(plan: Plan, facts: TableFacts) -> Iterator[Finding]:
    group = facts.columns.get(plan.split.group_column or "")
    if plan.split.method != "group" or group is None:
        return
    if group.missing:
        yield warning(
            group.name,
            "missing_group",
            f"{group.missing} rows have no value in “{group.name}”; together they "
            "are one group.",
        )
    needed = max(2, plan.split.cv_folds or 0)
    if group.unique < needed:
        yield problem(
            group.name,
            "too_few_groups",
            f"“{group.name}” has {group.unique} groups; {needed} are needed.",
        )


def _check_repeated_names(facts: TableFacts) -> Iterator[Finding]:
    """Offer a split by group where a column names things that come back."""
    for column in facts.columns.values():
        known = facts.rows - column.missing
        if column.type not in {ColumnType.INTEGER, ColumnType.CATEGORY}:
            continue
        few, many = REPEATED_NAMES * known, IDENTIFYING * known
        if _names_things(column.name) and few <= column.unique < many:
            yield warning(
                column.name,
                "names_repeat",
                f"“{column.name}” names {column.unique} things in {known} rows: rows "
                "of one thing would be learned from and tested on. To keep them "
                f"together, split by group “{column.name}”.",
            )


def _names_things(name: str) -> bool:
    return bool(ID_NAME.search(name) or _ENDS_LIKE_ID.search(name))


def _check_time(plan: Plan, facts: TableFacts) -> Iterator[Finding]:
    time = facts.columns.get(plan.split.time_column or "")
    dates = [
        name
        for name in plan.features
        if name in facts.columns
        and facts.columns[name].type in {ColumnType.DATE, ColumnType.DATETIME}
    ]
    if plan.split.method != "time":
        if dates:
            yield warning(
                dates[0],
                "time_order",
                f"“{dates[0]}” is a time. If the model shall foretell later rows, "
                "split by time.",
            )
        return
    if time is None:
        return
    if time.type in {ColumnType.TEXT, ColumnType.CATEGORY, ColumnType.BOOLEAN}:
        yield problem(
            time.name,
            "wrong_time_type",
            f"“{time.name}” is a {time.type}; a split by time needs a date or a "
            "number that grows with time.",
        )
    if time.missing:
        yield warning(
            time.name,
            "missing_time",
            f"{time.missing} rows have no time in “{time.name}”; they are left out.",
        )
