"""What a preprocessing step is: checked, fitted on some rows, applied to any."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from datasets.words import Name

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.tables import Column, Schema, Table

#: What a step learned: plain JSON by column name.
State = dict[str, Any]


class StepError(Exception):
    """A step that cannot be done.

    Parameters
    ----------
    sentence
        What is wrong, where, and what to do, for the user.
    column
        The column it is about, by name, if it is about one.
    code
        A stable word for programs: `unknown_step`, `parameter`, `columns`,
        `missing_column`, `type`, `all_missing`, `infinite`, `version`.
    parameter
        The parameter it is about, if it is about one.

    Attributes
    ----------
    position
        The place of the step in its recipe, from 0, once the recipe is known.
    """

    def __init__(
        self,
        sentence: str,
        column: str | None = None,
        code: str = "invalid",
        parameter: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.column = column
        self.code = code
        self.parameter = parameter
        self.position: int | None = None


class Parameters(BaseModel):
    """What a user may set: the source of forms, the API's schema and the docs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def told(self, name: str) -> str:
        """Return the value of a parameter in words, where its declaration has some."""
        value = getattr(self, name)
        extra = type(self).model_fields[name].json_schema_extra
        words: Any = extra.get("words") if isinstance(extra, dict) else None
        return words[value] if words and value in words else words_of(value)


P = TypeVar("P", bound=Parameters)


class Step(ABC, Generic[P]):
    """One change to a table, written once for every engine.

    Parameters
    ----------
    columns
        The names of the columns it works on.
    parameters
        Its settings, validated.

    Notes
    -----
    `fit` may compute; `apply` and `replay` are lazy and change only what the state
    tells them to. `replay` never looks at other rows, so that one row and a million
    give the same values. A change in what a stored state means needs a new `version`.
    """

    version: ClassVar[int] = 1

    def __init__(self, columns: tuple[str, ...], parameters: P) -> None:
        self.columns = columns
        self.parameters = parameters

    @property
    def learns(self) -> bool:
        """Whether `fit` takes anything from the data."""
        return type(self).fit is not Step.fit

    @property
    def told(self) -> list[str]:
        """What was set, in words, for the history."""
        values = self.parameters.model_dump().items()
        return [
            self.parameters.told(name)
            for name, value in values
            if value not in (None, "")
        ]

    @property
    def affects_rows(self) -> bool:
        """Whether rows can go: predictions pass such a step over."""
        return False

    @property
    def fills(self) -> bool:
        """Whether its columns have no gaps afterwards."""
        return False

    @property
    def reads_text(self) -> bool:
        """Whether text is read as what it means: new text is then no surprise."""
        return False

    @property
    def is_outcome_known(self) -> bool:
        """Whether `outcome` is certain; else the data decide on names or types."""
        return True

    def origins(self, name: str) -> frozenset[str]:
        """Return the columns a column called `name` afterwards may be made of."""
        return frozenset({name})

    def check(self, schema: Schema) -> None:
        """Refuse what does not go together, by raising `StepError`.

        That the columns exist and have accepted types was checked before.
        """

    def outcome(self, schema: Schema) -> Schema:
        """Return the columns afterwards, as far as known without data."""
        return schema

    def fit(self, table: Table, engine: Engine) -> State:
        """Learn from the rows of `table`; the result is plain JSON by column name."""
        return {}

    @abstractmethod
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        """Return the table as it becomes, lazily, with the schema it then has.

        Parameters
        ----------
        table
            The rows that were fitted.
        """

    def replay(self, table: Table, state: State, engine: Engine) -> Table:
        """Do to rows that were not fitted what `apply` did to those that were."""
        return self.apply(table, state, engine)

    def complete(self, table: Table, state: State, engine: Engine) -> Table:
        """Give rows that a model learns from what new rows get where a gap was left."""
        return table

    def chosen(self, schema: Schema) -> tuple[Column, ...]:
        """Return the columns this step works on, in its order; all if it names none."""
        return schema.select(self.columns or schema.names).columns


def words_of(value: Any) -> str:
    """Return a parameter's value as people write it; no language says it otherwise."""
    if isinstance(value, tuple):
        return Name(" ".join(str(entry) for entry in value))
    if isinstance(value, dict):
        return Name(", ".join(f"{old} → {new}" for old, new in value.items()))
    return Name(f"{value:g}" if isinstance(value, float) else value)
