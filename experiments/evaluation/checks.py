"""What is wrong with a plan, found from facts about columns, before any training.

Pages ask on every change, with the facts of a stored profile; a session asks again,
with those of its own rows. Each finding names its column and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.recipes import build
from datasets.tables import NUMERIC, ColumnType
from experiments.algorithms.catalogue import CATEGORY_LIMITS, Task, algorithm
from experiments.evaluation.sides import ID_NAME, IDENTIFYING, check_sides
from experiments.families.checks import check_contract, in_our_words
from experiments.learning.problems import (
    Finding,
    Problems,
    missing_problem,
    negative_problem,
)
from experiments.learning.problems import problem as _problem
from experiments.learning.problems import warning as _warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from experiments.algorithms.catalogue import Algorithm
    from experiments.evaluation.facts import ColumnFacts, TableFacts
    from experiments.learning.plans import Plan

#: With fewer rows nothing can be kept apart; below the second figure one should know.
FEWEST_ROWS = 4
FEW_ROWS = 50
MOST_CLASSES = 100
SMALL_CLASS = 10
#: From so many times as many rows of one class as of another, accuracy flatters.
UNBALANCED = 10
#: A whole number with more values than this, most of them different, is measured.
COUNTABLE = 20
ROWS_FOR_IDS = 20
#: How much wider one feature may be than another before distances mean little.
SCALES_APART = 100


def check_plan(plan: Plan, facts: TableFacts) -> Problems:
    """Return what forbids training by this plan, and what one should know.

    Parameters
    ----------
    plan : Plan
    facts : TableFacts
        Of the version the columns were chosen from, or of the rows to train on.
    """
    entry = algorithm(plan.algorithm)
    family = entry.family
    checks = [_check_rows(facts), _check_task(plan, entry)]
    if family is None:
        checks += [_check_target(plan, facts), _check_features(plan, facts, entry)]
    else:
        facts = in_our_words(facts, family.contract)
        filled = {c.name for c in facts.columns.values() if _filled(plan, c)}
        checks.append(check_contract(plan, facts, entry, filled))
        if plan.target in facts.columns:
            checks.append(_check_target(plan, facts))
    checks.append(check_sides(plan, facts))
    found = Problems()
    for check in checks:
        for forbids, finding in check:
            (found.problems if forbids else found.warnings).append(finding)
    return found


def _check_rows(facts: TableFacts) -> Iterator[Finding]:
    if facts.rows < FEWEST_ROWS:
        yield _problem(
            None,
            "too_few_rows",
            f"The table has {facts.rows} rows; at least {FEWEST_ROWS} are needed to "
            "learn from some and test on others.",
        )
    elif facts.rows < FEW_ROWS:
        yield _warning(
            None,
            "few_rows",
            f"The table has {facts.rows} rows only: every figure will be very rough.",
        )


def _check_task(plan: Plan, entry: Algorithm) -> Iterator[Finding]:
    if plan.task != entry.task:
        yield _problem(
            None,
            "wrong_task",
            f"{entry.title} is for {entry.task}, the experiment is a {plan.task}.",
        )


def _check_target(plan: Plan, facts: TableFacts) -> Iterator[Finding]:
    column = facts.columns.get(plan.target)
    if column is None:
        yield _problem(
            plan.target, "absent", f"There is no target column “{plan.target}”."
        )
        return
    if column.missing == facts.rows:
        yield _problem(
            column.name, "all_missing", f"The target “{column.name}” has no values."
        )
        return
    if column.missing:
        yield _warning(
            column.name,
            "missing_target",
            f"{column.missing} rows have no value in the target “{column.name}”; they "
            "are left out.",
        )
    check = _check_classes if plan.task is Task.CLASSIFICATION else _check_number
    yield from check(plan, column)


def _check_number(plan: Plan, column: ColumnFacts) -> Iterator[Finding]:
    if column.type not in NUMERIC:
        yield _problem(
            column.name,
            "wrong_target_type",
            f"“{column.name}” is a {column.type}; a regression needs numbers. Choose a "
            "numeric target, or an algorithm for classification.",
        )
    elif column.unique == 1:
        yield _problem(
            column.name,
            "constant_target",
            f"“{column.name}” has the same value in every row: nothing can be learned.",
        )


def _check_classes(plan: Plan, column: ColumnFacts) -> Iterator[Finding]:
    if _is_continuous(column):
        yield _problem(
            column.name,
            "continuous_target",
            f"“{column.name}” is measured: {column.unique} different "
            "values are no classes. Choose an algorithm for regression.",
        )
    elif column.unique == 1:
        yield _problem(
            column.name,
            "one_class",
            f"“{column.name}” has one class only: there is nothing to tell apart.",
        )
    elif column.unique > MOST_CLASSES:
        yield _problem(
            column.name,
            "too_many_classes",
            f"“{column.name}” has {column.unique} classes, more than {MOST_CLASSES}. "
            "Choose another target, or merge classes.",
        )
    elif column.counts:
        yield from _check_class_sizes(plan, column)


def _is_continuous(column: ColumnFacts) -> bool:
    if column.type in {ColumnType.DATE, ColumnType.DATETIME}:
        return True
    if column.type not in NUMERIC or column.unique <= COUNTABLE:
        whole = column.is_whole is not False
        return column.type is ColumnType.NUMBER and not whole and column.unique > 10
    return column.is_whole is False or column.unique > MOST_CLASSES


def _check_class_sizes(plan: Plan, column: ColumnFacts) -> Iterator[Finding]:
    counts = column.counts or {}
    label, size = min(counts.items(), key=lambda item: (item[1], str(item[0])))
    folds = plan.split.cv_folds or 0
    learned = int(size * (1 - plan.split.test_ratio))
    keeps_shares = plan.split.stratified and plan.split.method != "time"
    if keeps_shares and size < 2:
        yield _problem(
            column.name,
            "class_too_small",
            f"The class “{label}” has one row and cannot be in two parts. Leave it "
            "out, merge it, or switch off “Keep class shares”.",
        )
    elif keeps_shares and learned < folds:
        yield _problem(
            column.name,
            "too_many_folds",
            f"The class “{label}” has {learned} rows to learn from, too few for "
            f"{folds} folds. Use fewer folds or merge the class.",
        )
    elif size < SMALL_CLASS:
        yield _warning(
            column.name,
            "tiny_class",
            f"The class “{label}” has {size} rows: its figures will be very rough.",
        )
    elif max(counts.values()) >= UNBALANCED * size:
        often = max(counts, key=lambda label: counts[label])
        yield _warning(
            column.name,
            "unbalanced",
            f"The classes are far from balanced: “{often}” has {counts[often]} rows, "
            f"“{label}” {size}. Go by balanced accuracy and F1 rather than by "
            "accuracy, or gather rows of the rare classes.",
        )


def _check_features(
    plan: Plan, facts: TableFacts, entry: Algorithm
) -> Iterator[Finding]:
    if not plan.features:
        yield _problem(None, "no_features", "Choose at least one feature.")
    if plan.target in plan.features:
        yield _problem(
            plan.target,
            "target_is_feature",
            f"“{plan.target}” is the target: it cannot be a feature as well.",
        )
    for name in sorted({n for n in plan.features if plan.features.count(n) > 1}):
        yield _problem(name, "repeated", f"The feature “{name}” is chosen twice.")
    for name in dict.fromkeys(plan.features):
        column = facts.columns.get(name)
        if column is not None:
            yield from _check_feature(plan, facts, entry, column)
        elif facts.is_complete:
            yield _problem(name, "absent", f"There is no column “{name}”.")
    yield from _check_scales(plan, facts, entry)


def _check_feature(
    plan: Plan, facts: TableFacts, entry: Algorithm, column: ColumnFacts
) -> Iterator[Finding]:
    if column.type is ColumnType.TEXT:
        yield _problem(
            column.name,
            "free_text",
            f"“{column.name}” is free text, which cannot be learned from. Leave it "
            "out, or turn it into a category if its values repeat.",
        )
        return
    yield from _check_identifier(column, facts.rows)
    if column.missing == facts.rows:
        yield from _check_empty(entry, column)
    elif column.missing and entry.missing == "refused" and not _filled(plan, column):
        yield True, missing_problem(column.name, column.missing)
    elif _is_negative(plan, entry, column):
        yield True, negative_problem(column.name, column.minimum or 0)
    elif column.unique == 1 and not column.missing:
        yield _warning(
            column.name,
            "constant",
            f"“{column.name}” has the same value in every row and tells nothing.",
        )
    limit = CATEGORY_LIMITS[entry.categories]
    if column.type is ColumnType.CATEGORY and column.unique > limit:
        yield _warning(
            column.name,
            "many_categories",
            f"“{column.name}” has {column.unique} categories; the {limit} most "
            "frequent are told apart, all others count as one.",
        )


def _check_empty(entry: Algorithm, column: ColumnFacts) -> Iterator[Finding]:
    detail = f"“{column.name}” has no values at all. Leave it out."
    found = _problem if entry.missing == "refused" else _warning
    yield found(column.name, "all_missing", detail)


def _filled(plan: Plan, column: ColumnFacts) -> bool:
    return any(
        (not spec.columns or column.name in spec.columns) and build(spec).fills
        for spec in plan.recipe
    )


def _is_negative(plan: Plan, entry: Algorithm, column: ColumnFacts) -> bool:
    """Tell whether amounts are asked for and are not there; steps may make them so."""
    changed = any(not s.columns or column.name in s.columns for s in plan.recipe)
    return entry.negative == "refused" and not changed and (column.minimum or 0) < 0


def _check_identifier(column: ColumnFacts, rows: int) -> Iterator[Finding]:
    known = rows - column.missing
    if known < ROWS_FOR_IDS or column.unique < IDENTIFYING * known:
        return
    detail = (
        f"“{column.name}” is different in nearly every row: it names rows and says "
        "nothing about others. Leave it out."
    )
    called_so = column.type is ColumnType.INTEGER and ID_NAME.search(column.name)
    named = column.type is ColumnType.CATEGORY or called_so
    if named or _numbers_rows(column, known):
        yield _problem(column.name, "identifier", detail)


def _numbers_rows(column: ColumnFacts, known: int) -> bool:
    """Tell whether whole numbers count rows: all different and close together."""
    if column.type is not ColumnType.INTEGER or column.unique != known:
        return False
    if column.minimum is None or column.maximum is None:
        return False
    return column.maximum - column.minimum < 1.5 * known


def _check_scales(plan: Plan, facts: TableFacts, entry: Algorithm) -> Iterator[Finding]:
    standardizes = plan.hyperparameters.get("standardize", True)
    scaled = any(spec.step == "scale" for spec in plan.recipe)
    if not entry.scales or standardizes or scaled:
        return
    columns = (facts.columns.get(name) for name in plan.features)
    widths = {
        c.name: c.maximum - c.minimum
        for c in columns
        if c and c.minimum is not None and c.maximum is not None
    }
    positive = [width for width in widths.values() if width > 0]
    if positive and max(positive) > SCALES_APART * min(positive):
        widest = max(widths, key=lambda name: widths[name])
        yield _warning(
            widest,
            "scales_apart",
            f"“{widest}” has far larger numbers than other features and will decide "
            "alone. Switch on “Standardise features”, or add the step “Scale”.",
        )
