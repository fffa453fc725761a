"""What the machine computes on: figures of two processors are not comparable."""

from __future__ import annotations

import platform
import re
from pathlib import Path


def processor() -> str:
    """Return what the processor calls itself, or its kind where it does not say."""
    try:
        told = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    model = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    return model[1] if model else platform.machine()
