"""Whether charts of a family are complete, on the page and in a report."""

from __future__ import annotations

import json

from experiments.reports.documents import Document
from experiments.reports.typesetting import typeset
from experiments.results.charts import CHARTS, charts_of
from tests.experiments.results.test_charts import check_document


def check_drawn(details: dict, *names: str) -> None:
    """Check that the charts called `names` can be drawn, and all can be printed."""
    for name in names:
        check_document(CHARTS[name].spec(details))
    document = Document("Charts", "")
    document.charts(
        (c.heading(details), c.words(details), c.paper(details))
        for c in charts_of(details)
        if c.is_printed
    )
    assert typeset(json.dumps(document.to_json())).startswith(b"%PDF-")
