"""Whether a table keeps a family's data contract, said as a colleague would."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from datasets.tables import ColumnType
from experiments.evaluation.facts import TableFacts
from experiments.families.contracts import TYPES, spelled
from experiments.learning.problems import missing_problem, problem, warning

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from experiments.algorithms.catalogue import Algorithm
    from experiments.evaluation.facts import ColumnFacts
    from experiments.families.contracts import Contract, ContractColumn
    from experiments.families.family import Family
    from experiments.learning.plans import Plan
    from experiments.learning.problems import Finding

#: So many wrong labels are named.
NAMED = 5


def in_our_words(facts: TableFacts, contract: Contract) -> TableFacts:
    """Return the facts with every label of the contract in its one spelling."""
    columns = {
        name: _respelled(column, contract.of(name))
        for name, column in facts.columns.items()
    }
    return replace(facts, columns=columns)


def _respelled(column: ColumnFacts, known: ContractColumn | None) -> ColumnFacts:
    if known is None or not known.labels or column.counts is None:
        return column
    counts: dict[str, int] = {}
    labels = spelled(list(column.counts), known)
    for label, count in zip(labels, column.counts.values(), strict=True):
        counts[label] = counts.get(label, 0) + count
    kind = ColumnType.CATEGORY
    return replace(column, type=kind, unique=len(counts), counts=counts)


def check_contract(
    plan: Plan, facts: TableFacts, entry: Algorithm, filled: Collection[str]
) -> Iterator[Finding]:
    """Yield what breaks the contract (True), and what one should know (False).

    Parameters
    ----------
    plan : Plan
    facts : TableFacts
        With labels as `in_our_words` writes them.
    entry : Algorithm
        Of a family.
    filled : collection of str
        The columns that a step of the plan fills.
    """
    family = entry.family
    assert family is not None
    contract = family.contract
    if lacking := contract.lacking(facts.columns):
        yield problem(
            None,
            "missing_columns",
            f"Missing required columns: {', '.join(lacking)}. {entry.title} needs "
            f"{described(contract)}. Name the columns so, in any order.",
        )
        return
    found = contract.find(facts.columns)
    yield from _check_choice(plan, entry, found)
    yield from _check_sizes(plan, facts, family)
    yield from _check_reach(plan, entry)
    yield from _check_settings(plan, entry)
    for column in contract.columns:
        if column.name in found:
            facts_of = facts.columns[found[column.name]]
            yield from _check_column(column, facts_of, facts_of.name in filled)


def described(contract: Contract) -> str:
    """Return the columns of a contract with their units, in one line."""
    return ", ".join(
        f"{c.name} ({c.unit})" if c.unit else c.name
        for c in contract.columns
        if c.required
    )


def _check_choice(
    plan: Plan, entry: Algorithm, found: dict[str, str]
) -> Iterator[Finding]:
    family = entry.family
    assert family is not None
    features, target = family.features(found.values()), family.target(found.values())
    if list(plan.features) != features:
        yield problem(
            None,
            "contract_features",
            f"{entry.title} takes the features {', '.join(features)}, in this "
            "order and no others.",
        )
    if plan.target != target:
        detail = f"{entry.title} learns “{target}”, not “{plan.target}”."
        yield problem(plan.target, "contract_target", detail)


def _check_sizes(plan: Plan, facts: TableFacts, family: Family) -> Iterator[Finding]:
    if facts.rows < family.fewest_rows:
        yield problem(
            None,
            "too_few_rows",
            f"There are {facts.rows} records; at least {family.fewest_rows} are "
            "needed to train. Add records that have a class.",
        )
    target = facts.columns.get(plan.target)
    if target is None or not target.counts:
        return
    few = {k: n for k, n in target.counts.items() if n < family.fewest_of_class}
    if few:
        named = ", ".join(f"“{label}” {count}" for label, count in few.items())
        yield warning(
            target.name,
            "few_of_class",
            f"Fewer than {family.fewest_of_class} rows of a class: {named}. What "
            "is said about these classes is rough.",
        )


def _check_reach(plan: Plan, entry: Algorithm) -> Iterator[Finding]:
    """Targets that look ahead are learned from earlier rows, and never overlap."""
    family = entry.family
    assert family is not None
    ahead = family.reach_of(entry.parameters_model().parse(plan.hyperparameters))
    if not ahead:
        return
    if plan.split.method != "time":
        yield problem(
            None,
            "split_not_by_time",
            f"{entry.title} looks {ahead} days ahead, so rows have to be split by "
            "time: other rows would give away what is to come.",
        )
    elif plan.split.gap < ahead:
        yield problem(
            None,
            "gap_too_small",
            f"What is learned looks {ahead} days ahead: leave a gap of at least "
            f"{ahead} between what is learned from and what is tested on, not "
            f"{plan.split.gap}.",
        )


def _check_settings(plan: Plan, entry: Algorithm) -> Iterator[Finding]:
    assert entry.family is not None
    parameters = entry.parameters_model().parse(plan.hyperparameters)
    if doubt := entry.family.doubt_about(parameters):
        yield warning(None, "doubtful_settings", doubt)


def _check_column(
    column: ContractColumn, facts: ColumnFacts, is_filled: bool
) -> Iterator[Finding]:
    unit = f" {column.unit}" if column.unit else ""
    if facts.type not in TYPES[column.kind]:
        yield problem(
            facts.name,
            "wrong_type",
            f"“{facts.name}” is a {facts.type}; {column.meaning} must be a "
            f"{column.kind}. Correct the column's type at the import.",
        )
        return
    may_miss = column.role != "feature" or column.missing_allowed or is_filled
    if facts.missing and not may_miss:
        yield True, missing_problem(facts.name, facts.missing, facts.missing_at)
    if column.labels and facts.counts is not None:
        yield from _check_labels(column, facts)
    if facts.minimum is None or facts.maximum is None or column.labels:
        return
    if not column.allows(facts.minimum, facts.maximum):
        yield problem(
            facts.name,
            "out_of_bounds",
            f"“{facts.name}” goes from {facts.minimum:g} to {facts.maximum:g}; "
            f"{column.meaning} must be {column.bounds}{unit}. Correct or drop "
            "these rows.",
        )
    elif column.usual and not column.is_usual(facts.minimum, facts.maximum):
        low, high = column.usual
        yield warning(
            facts.name,
            "unusual_unit",
            f"“{facts.name}” goes from {facts.minimum:g} to {facts.maximum:g}; "
            f"{column.meaning} usually lies between {low:g} and {high:g}{unit}. Is "
            "it in this unit?",
        )


def _check_labels(column: ContractColumn, facts: ColumnFacts) -> Iterator[Finding]:
    wrong = [value for value in facts.counts or {} if value not in column.labels]
    if wrong:
        named = ", ".join(f"“{value}”" for value in wrong[:NAMED])
        yield problem(
            facts.name,
            "unknown_label",
            f"“{facts.name}” holds {named}; it may hold {column.bounds}. Correct "
            "or drop these rows.",
        )
