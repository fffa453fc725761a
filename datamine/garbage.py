"""What a server process loaded once, kept out of its looks for garbage."""

from __future__ import annotations

import gc


def keep_what_is_here() -> None:
    """Take all objects there are for good: no later look for garbage visits them.

    Such a look is due once a quarter more objects than the last one left have stayed.
    That last one is made here, for it leaves nearly none: counted by the three hundred
    thousand objects of the libraries, a server would hold what dozens of requests have
    left behind in circles, ten thousand rows each.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
