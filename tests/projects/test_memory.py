from __future__ import annotations

from projects import memory
from projects.memory import Memory


def test_time_runs_from_before_the_look_up(monkeypatch):
    clock = [10.0]
    monkeypatch.setattr(memory, "monotonic", lambda: clock[0])
    remembered: Memory[str, str] = Memory()

    def slow() -> str:
        clock[0] += memory.SECONDS
        return "old"

    assert remembered.get("key", slow) == "old"
    assert remembered.get("key", lambda: "new") == "new"


def test_memory_stays_small(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 3)
    remembered: Memory[int, int] = Memory()

    for key in range(10):
        remembered.get(key, lambda: 1)

    assert len(remembered._found) <= 3
