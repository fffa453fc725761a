"""The preprocessing steps there are. Light: a step's file is loaded on use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from datasets.tables import NUMERIC, ColumnType

if TYPE_CHECKING:
    from datasets.steps.base import Parameters, Step

ANY = frozenset(ColumnType)
TEXTUAL = frozenset({ColumnType.CATEGORY, ColumnType.TEXT})


@dataclass(frozen=True)
class StepEntry:
    """What is known of a step without loading it.

    Parameters
    ----------
    name, title, help
        Its name in recipes and the API; what people read.
    learns
        What it learns from the data, as a sentence; empty if nothing.
    accepts
        The types of columns it may work on.
    parameters, step
        Where the pydantic model and the class live, as "module:attribute".
    needs_columns
        Whether columns must be named; else none means all of them.
    columns_in
        The parameter that names the columns, for steps that say something of each.
    """

    name: str
    title: str
    help: str
    learns: str
    accepts: frozenset[ColumnType]
    parameters: str
    step: str
    needs_columns: bool = True
    columns_in: str = ""

    def parameters_model(self) -> type[Parameters]:
        """Load and return the pydantic model of the parameters."""
        model: type[Parameters] = resolve_name(self.parameters)
        return model

    def step_class(self) -> type[Step[Any]]:
        """Load and return the class of the step."""
        found: type[Step[Any]] = resolve_name(self.step)
        return found


ENTRIES = (
    StepEntry(
        name="mark_missing",
        title="Mark missing values",
        help="Take signs such as “?” for no value; a column of text whose other values "
        "are numbers becomes one of numbers.",
        learns="",
        accepts=TEXTUAL | NUMERIC,
        parameters="datasets.steps.marking:MarkMissingParameters",
        step="datasets.steps.marking:MarkMissing",
    ),
    StepEntry(
        name="fill_missing",
        title="Fill missing values",
        help="Put a value where there is none.",
        learns="The value to fill with, one per column; a constant is not learned.",
        accepts=ANY,
        parameters="datasets.steps.filling:FillMissingParameters",
        step="datasets.steps.filling:FillMissing",
    ),
    StepEntry(
        name="forward_fill",
        title="Fill from the row above",
        help="Repeat the last value above a gap, in the order of the rows. Gaps before "
        "the first value stay.",
        learns="The last value of each column, which fills gaps in new rows.",
        accepts=ANY,
        parameters="datasets.steps.forward_filling:ForwardFillParameters",
        step="datasets.steps.forward_filling:ForwardFill",
    ),
    StepEntry(
        name="drop_missing",
        title="Remove rows with missing values",
        help="Keep the rows that have values. Without columns, all of them count.",
        learns="",
        accepts=ANY,
        parameters="datasets.steps.filtering:DropMissingParameters",
        step="datasets.steps.filtering:DropMissing",
        needs_columns=False,
    ),
    StepEntry(
        name="outliers",
        title="Treat outliers",
        help="Replace, clip or remove the rows of numbers beyond two bounds.",
        learns="The bounds, and what replaces a number beyond them; an own range is "
        "not learned.",
        accepts=NUMERIC,
        parameters="datasets.steps.outliers:OutliersParameters",
        step="datasets.steps.outliers:Outliers",
    ),
    StepEntry(
        name="scale",
        title="Scale",
        help="Bring numbers of different size onto one scale.",
        learns="A centre and a spread per column.",
        accepts=NUMERIC,
        parameters="datasets.steps.scaling:ScaleParameters",
        step="datasets.steps.scaling:Scale",
    ),
    StepEntry(
        name="encode",
        title="Turn categories into numbers",
        help="Number the values of a column, or make a column of zeros and ones for "
        "each of them.",
        learns="The values of each column.",
        accepts=TEXTUAL | {ColumnType.BOOLEAN, ColumnType.INTEGER},
        parameters="datasets.steps.encoding:EncodeParameters",
        step="datasets.steps.encoding:Encode",
    ),
    StepEntry(
        name="cast",
        title="Change the type",
        help="Read the values of a column as another type. What cannot be read so "
        "becomes missing.",
        learns="",
        accepts=ANY,
        parameters="datasets.steps.casting:CastParameters",
        step="datasets.steps.casting:Cast",
    ),
    StepEntry(
        name="read_amounts",
        title="Read amounts as numbers",
        help="Take currencies, percent signs and units away: “$1,234.50”, “12 %”, "
        "“(3.00)” and “5 kg” become numbers. What is no amount becomes missing.",
        learns="",
        accepts=TEXTUAL,
        parameters="datasets.steps.amounts:ReadAmountsParameters",
        step="datasets.steps.amounts:ReadAmounts",
    ),
    StepEntry(
        name="tidy_text",
        title="Tidy text",
        help="Take away blanks around text, make one of several, and agree on "
        "capitals, so that what means the same is the same.",
        learns="",
        accepts=TEXTUAL,
        parameters="datasets.steps.tidying:TidyTextParameters",
        step="datasets.steps.tidying:TidyText",
    ),
    StepEntry(
        name="filter_rows",
        title="Keep rows by a value",
        help="Keep the rows whose value in one column compares as said.",
        learns="",
        accepts=ANY,
        parameters="datasets.steps.filtering:FilterRowsParameters",
        step="datasets.steps.filtering:FilterRows",
        columns_in="column",
    ),
    StepEntry(
        name="drop_duplicates",
        title="Remove repeated rows",
        help="Keep the first of rows that are equal in the chosen columns. Without "
        "columns, all of them count.",
        learns="",
        accepts=ANY,
        parameters="datasets.steps.filtering:DropDuplicatesParameters",
        step="datasets.steps.filtering:DropDuplicates",
        needs_columns=False,
    ),
    StepEntry(
        name="select_columns",
        title="Keep columns",
        help="Keep the chosen columns, in the order they are named, and no other.",
        learns="",
        accepts=ANY,
        parameters="datasets.steps.columns:SelectColumnsParameters",
        step="datasets.steps.columns:SelectColumns",
    ),
    StepEntry(
        name="drop_columns",
        title="Remove columns",
        help="Remove the chosen columns.",
        learns="",
        accepts=ANY,
        parameters="datasets.steps.columns:DropColumnsParameters",
        step="datasets.steps.columns:DropColumns",
    ),
    StepEntry(
        name="rename",
        title="Rename columns",
        help="Give columns other names.",
        learns="",
        accepts=ANY,
        parameters="datasets.steps.columns:RenameParameters",
        step="datasets.steps.columns:Rename",
        columns_in="names",
    ),
)


@cache
def steps() -> dict[str, StepEntry]:
    """Return all steps by name: ours, then those of installed packages.

    A package adds a `StepEntry` under the entry-point group `datamine.steps`;
    it cannot replace one of ours.
    """
    found = {entry.name: entry for entry in ENTRIES}
    for point in entry_points(group="datamine.steps"):
        entry = point.load()
        found.setdefault(entry.name, entry)
    return found


def step(name: str) -> StepEntry | None:
    """Return the step of this name, or None."""
    return steps().get(name)
