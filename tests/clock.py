"""The CPU time of an act, on machines that are busy with other things."""

import time
from collections.abc import Callable


def cpu_seconds(act: Callable[[], object], runs: int = 3) -> float:
    """CPU seconds of the quickest of some runs.

    Collections of garbage and neighbours on the same core make a run slower,
    never quicker, so the quickest tells most of the act itself.
    """
    return min(_once(act) for _ in range(runs))


def _once(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began
