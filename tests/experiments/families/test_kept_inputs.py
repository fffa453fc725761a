"""Inputs that are computed once: found again, never stale, within their room."""

from __future__ import annotations

import os

import numpy as np
import pytest

from experiments.families import kept_inputs
from experiments.families.kept_inputs import Shelf, kept_on, remembered
from experiments.families.stars.assembling import Stars
from tests.experiments.families.sky import FEATURES, sky, sky_table
from tests.experiments.tables import Frame


class Counted:
    """Computes something, and knows how often it was asked to."""

    def __init__(self, values=(1.0, 2.0)) -> None:
        self.values, self.times = np.array(values), 0

    def __call__(self):
        self.times += 1
        return self.values


def asked(compute, *known, code=(__file__,)):
    return remembered(code, known, compute)


def test_what_was_computed_is_found_again(tmp_path):
    compute = Counted()

    with kept_on(Shelf(tmp_path, 10_000)):
        first, second = asked(compute, [1.5], 2), asked(compute, [1.5], 2)

    assert compute.times == 1
    assert first.tolist() == second.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("known", [([1.5], 3), ([1.5, 2.0],), (np.float32([1.5]), 2)])
def test_other_values_are_computed(known, tmp_path):
    compute = Counted()

    with kept_on(Shelf(tmp_path, 10_000)):
        asked(compute, [1.5], 2)
        asked(compute, *known)

    assert compute.times == 2


def test_other_code_computes_anew(tmp_path):
    compute, source = Counted(), tmp_path / "code.py"

    with kept_on(Shelf(tmp_path, 10_000)):
        for text in ("a = 1", "a = 2"):
            source.write_text(text)
            kept_inputs._digest_of_code.cache_clear()
            asked(compute, 1, code=(str(source),))

    assert compute.times == 2


def test_a_damaged_file_is_computed_again(tmp_path):
    compute = Counted()

    with kept_on(Shelf(tmp_path, 10_000)):
        asked(compute, 1)
        (file,) = tmp_path.glob("*.npy")
        file.write_bytes(b"\x93NUMPY and no more")
        again = asked(compute, 1)

    assert (compute.times, again.tolist()) == (2, [1.0, 2.0])


def test_the_longest_unused_makes_room(tmp_path):
    computes = [Counted(np.zeros(100)) for _ in range(3)]

    with kept_on(Shelf(tmp_path, 2_000)):
        for number, compute in enumerate(computes):
            asked(compute, number)
            kept = sorted(tmp_path.glob("*.npy"), key=os.path.getmtime)
            for age, file in enumerate(kept):
                os.utime(file, (age, age))
        asked(computes[0], 0)
        asked(computes[2], 2)

    assert [compute.times for compute in computes] == [2, 1, 1]
    assert len(list(tmp_path.iterdir())) == 2


def test_without_room_or_shelf_nothing_is_kept(tmp_path):
    compute = Counted()

    asked(compute, 1)
    with kept_on(Shelf(tmp_path, 0)):
        asked(compute, 1)

    assert compute.times == 2
    assert list(tmp_path.iterdir()) == []


def test_stars_of_a_second_training_are_not_computed_again(tmp_path, monkeypatch):
    frame = Frame.collect(sky_table(sky(n_per_class=1)))
    stars = Stars({name: name for name in (*FEATURES, "label")}, 0.05, 500)

    with kept_on(Shelf(tmp_path, 10**8)):
        first = stars.assemble(frame, learning=True)
        monkeypatch.setattr(Stars, "numbers_of", None)
        second = stars.assemble(frame, learning=True)

    assert np.array_equal(first.X, second.X)
