"""The charts there are. Light: a chart's file is loaded on use."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from datasets.declarations import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from datasets.charts.drawing import Drawing
    from datasets.charts.source import ChartParameters, Source


@dataclass(frozen=True)
class ChartEntry:
    """What is known of a chart without loading it.

    Parameters
    ----------
    name, title, help
        Its name in the API and in saved visualisations; what people read.
    parameters, draws
        Where the pydantic model and the function live, as "module:attribute".
    """

    name: str
    title: str
    help: str
    parameters: str
    draws: str

    def parameters_model(self) -> type[ChartParameters]:
        """Load and return the pydantic model of the parameters."""
        model: type[ChartParameters] = resolve_name(self.parameters)
        return model

    def draw(self, source: Source, values: Mapping[str, Any]) -> Drawing:
        """Check the parameters and draw the chart.

        Raises
        ------
        ParameterError
            If they break their declaration.
        ChartError
            If they do not go with the columns.
        """
        parameters = validate(self.parameters_model(), values)
        drawn: Drawing = self.function()(source, parameters)
        return drawn

    def function(self) -> Callable[[Source, Any], Drawing]:
        """Load and return what draws it."""
        function: Callable[[Source, Any], Drawing] = resolve_name(self.draws)
        return function


def _entry(name: str, title: str, model: str, help: str) -> ChartEntry:
    module = f"datasets.charts.{name}"
    return ChartEntry(name, title, help, f"{module}:{model}", f"{module}:draw")


CHARTS = {
    entry.name: entry
    for entry in (
        _entry(
            "histogram",
            "Histogram",
            "HistogramParameters",
            "How often values of one column occur.",
        ),
        _entry(
            "box",
            "Box plot",
            "BoxParameters",
            "Quartiles and outliers of numbers, side by side for groups.",
        ),
        _entry(
            "scatter",
            "Scatter plot",
            "ScatterParameters",
            "One dot a row: how two columns go together.",
        ),
        _entry(
            "bar",
            "Bar chart",
            "BarParameters",
            "A bar for each value: how many rows, or what they come to.",
        ),
        _entry(
            "line",
            "Line chart",
            "LineParameters",
            "How a number changes along time or another number.",
        ),
        _entry(
            "correlation",
            "Correlations",
            "CorrelationParameters",
            "How each two columns go together.",
        ),
        _entry(
            "missing",
            "Missing values",
            "MissingParameters",
            "Where values are missing, along the rows of the table.",
        ),
    )
}
