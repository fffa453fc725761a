"""Named points where tests make a process die or fail; nothing in production.

`DATAMINE_FAULT="finish.before:kill"` makes the process that reaches the point
"finish.before" kill itself. Actions are the names in `ACTIONS`; with a folder after
it (`…:kill:/tmp/x`) the fault happens once for all processes that share the folder.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FAULT = os.environ.get("DATAMINE_FAULT", "")


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash() -> None:
    os.abort()


def hang() -> None:
    time.sleep(3600)


def fail() -> None:
    raise OSError(28, "No space left on device")


ACTIONS: dict[str, Callable[[], None]] = {
    "kill": kill,
    "crash": crash,
    "hang": hang,
    "fail": fail,
}


def fault_point(name: str) -> None:
    """Do what `DATAMINE_FAULT` says about the point `name`: usually nothing."""
    if not FAULT:
        return
    wanted, action, folder = [*FAULT.split(":", 2), "", ""][:3]
    if wanted == name and first_time(name, folder):
        ACTIONS[action]()


def first_time(name: str, folder: str) -> bool:
    if not folder:
        return True
    try:
        Path(folder, name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
