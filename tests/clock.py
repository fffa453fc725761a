"""The CPU time of an act, on machines that are busy with other things."""

import time
import timeit
from collections.abc import Callable


def cpu_seconds(act: Callable[[], object], runs: int = 3) -> float:
    """CPU seconds of the quickest of some runs, without collections of garbage.

    Neighbours on the same core make a run slower, never quicker, so the quickest
    tells most of the act itself.
    """
    return min(timeit.repeat(act, number=1, repeat=runs, timer=time.process_time))
