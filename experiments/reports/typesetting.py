"""Typeset one report: its data as JSON on standard input, the PDF on standard output.

Runs as a process of its own, so that no server keeps the typesetter in its memory, and
a report that takes too long can be ended. Equal data give equal bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

TEMPLATE = Path(__file__).with_name("report.typ")


def typeset(data: str) -> bytes:
    """Return the PDF of a report's data.

    Parameters
    ----------
    data : str
        JSON with `title`, `subtitle` and `blocks`; text stays text, whatever is in it.
    """
    import typst  # noqa: PLC0415 -- heavy import

    pdf: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        sys_inputs={"data": data},
        ignore_system_fonts=True,
        format="pdf",
    )
    return pdf


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(sys.stdin.read()))
