"""Training that was lost goes on where it was, and says what it would have said."""

from __future__ import annotations

import warnings

import pytest
from sklearn.neighbors import KNeighborsClassifier

from datasets.monitor import Cancelled, SilentMonitor
from experiments.learning.artifacts import ArtifactError
from experiments.learning.checkpoints import binding, opened, sealed
from experiments.training import train
from tests.experiments.tables import iris_columns, iris_plan, make_table

KEY = b"k" * 32
FOLDS = 5


class Drawer:
    """Keeps checkpoints in memory, as bytes."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple] = {}

    def load(self, name):
        if name in self.kept:
            return opened(*self.kept[name], name.encode(), KEY)
        return None

    def save(self, name, payload):
        self.kept[name] = sealed(payload, name.encode(), KEY)


class DyingIn(SilentMonitor):
    """Ends the training when it comes to a line of the log."""

    def __init__(self, start: str) -> None:
        self.start = start
        self.lines: list[str] = []

    def log(self, message):
        self.lines.append(message)
        if message.startswith(self.start):
            raise Cancelled


def comparable(outcome) -> dict:
    found = outcome.to_json()
    found.pop("timings")
    return found


@pytest.mark.parametrize("ratio", [0.8, 1.0])
@pytest.mark.parametrize("algorithm", ["random_forest", "decision_tree"])
def test_training_lost_in_a_fold_ends_with_the_same_numbers(algorithm, ratio):
    split = {"cv_folds": FOLDS, "train_ratio": ratio}
    forest = {"n_estimators": 5} if algorithm == "random_forest" else {}
    plan = iris_plan(algorithm, split=split, hyperparameters=forest)
    table, drawer = make_table(**iris_columns()), Drawer()
    with pytest.raises(Cancelled):
        train(plan, table, DyingIn("Fold 4 "), checkpoints=drawer)
    assert list(drawer.kept) == ["fold 1", "fold 2", "fold 3"]
    second = DyingIn("never")

    outcome = train(plan, table, second, checkpoints=drawer)

    assert comparable(outcome) == comparable(train(plan, table))
    assert [line for line in second.lines if line.startswith("Fold")] == [
        "Fold 1 of 5 was finished before.",
        "Fold 2 of 5 was finished before.",
        "Fold 3 of 5 was finished before.",
        "Fold 4 of 5.",
        "Fold 5 of 5.",
    ]


def test_training_lost_after_its_folds_learns_none_of_them_again(monkeypatch):
    plan = iris_plan("knn", split={"cv_folds": FOLDS, "train_ratio": 1.0})
    table, drawer = make_table(**iris_columns()), Drawer()
    expected = comparable(train(plan, table, checkpoints=drawer))
    fits = []
    fit = KNeighborsClassifier.fit
    monkeypatch.setattr(
        KNeighborsClassifier, "fit", lambda *a: fits.append(1) or fit(*a)
    )

    outcome = train(plan, table, checkpoints=drawer)

    assert comparable(outcome) == expected
    assert len(fits) == 1


def test_finished_fold_keeps_no_row_it_learned_from():
    drawer = Drawer()

    train(iris_plan("knn", split={"cv_folds": FOLDS}), make_table(**iris_columns()),
          checkpoints=drawer)  # fmt: skip

    tried = [drawer.load(name).tried for name in drawer.kept]
    assert {len(fold.fitted.X) + len(fold.X) for fold in tried} == {0}
    assert {fold.fitted.estimator for fold in tried} == {None}


def test_what_a_lost_fold_warned_of_is_still_said(monkeypatch):
    plan = iris_plan("knn", split={"cv_folds": FOLDS})
    table, drawer = make_table(**iris_columns()), Drawer()
    fit = KNeighborsClassifier.fit

    def warn_once(*arguments):
        if not drawer.kept:
            warnings.warn("Fold 1 was odd.", UserWarning, stacklevel=1)
        return fit(*arguments)

    monkeypatch.setattr(KNeighborsClassifier, "fit", warn_once)
    with pytest.raises(Cancelled):
        train(plan, table, DyingIn("Fold 3 "), checkpoints=drawer)

    outcome = train(plan, table, checkpoints=drawer)

    assert "Fold 1 was odd." in [problem.detail for problem in outcome.warnings]


def test_sealed_part_comes_back():
    content, receipt = sealed({"epoch": 3}, b"bound", KEY)

    assert opened(content, receipt, b"bound", KEY) == {"epoch": 3}


class Traitor:
    """Says so when it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("It was unpickled.",))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"content": b"boundother"}, "SHA-256 is not the one"),
        ({"key": b"another"}, "not signed by this installation"),
        ({"bound": b"elsewhere"}, "another plan, other rows or libraries"),
    ],
)
def test_part_that_does_not_verify_is_not_unpickled(change, sentence):
    content, receipt = sealed(Traitor(), b"bound", KEY)
    given = {"content": content, "receipt": receipt, "bound": b"bound", "key": KEY}

    with pytest.raises(ArtifactError, match=sentence):
        opened(**given | change)


def test_binding_tells_plans_rows_names_and_libraries_apart(monkeypatch):
    plan = iris_plan("knn")
    first = binding(plan, "a" * 64, "fold 1")
    others = {
        binding(plan.model_copy(update={"random_seed": 7}), "a" * 64, "fold 1"),
        binding(plan, "b" * 64, "fold 1"),
        binding(plan, "a" * 64, "fold 2"),
    }
    monkeypatch.setattr(
        "experiments.learning.checkpoints.library_versions",
        lambda: {"scikit-learn": "0.1"},
    )
    others.add(binding(plan, "a" * 64, "fold 1"))

    assert len(others) == 4
    assert first not in others
