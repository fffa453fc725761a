"""Charts of a result as Vega-Lite, made of what the session stored; no library needed.

Palette and frame are those of all charts: see `datasets.charts.drawing`.
"""

from experiments.results.charts.catalogue import CHARTS, FAMILY_CHARTS, charts_of
from experiments.results.charts.dependence import dependence_marks
from experiments.results.charts.drawing import lines, share_axis

__all__ = [
    "CHARTS",
    "FAMILY_CHARTS",
    "charts_of",
    "dependence_marks",
    "lines",
    "share_axis",
]
