"""How the web server is set up: heaps of its processes."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

#: Eight threads take memory at once; then glibc tells how many heaps there are.
PROGRAM = """
import ctypes, os, threading
from datamine import server

server.post_fork(None, None)
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.fdopen.restype = ctypes.c_void_p
together = threading.Barrier(8)

def take():
    together.wait()
    libc.malloc(1000)
    together.wait()

threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
file = ctypes.c_void_p(libc.fdopen(os.dup(1), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.unit
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="heaps of glibc")
def test_threads_of_a_web_process_share_two_heaps():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    assert 1 <= done.stdout.count("<heap nr=") <= 2
