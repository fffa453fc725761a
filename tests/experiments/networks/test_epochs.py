"""A fit of many epochs: kept, stopped, lost and gone on with."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from datasets.monitor import Cancelled, SilentMonitor
from experiments.families.diabetes.network import DiabetesNetwork
from experiments.learning.checkpoints import NoCheckpoints
from experiments.learning.tensors import packed, unpacked
from experiments.learning.watching import EPOCHS, Watch
from experiments.networks.epochs import draw_on, drawn_next
from experiments.networks.nets import (
    Schedule,
    compile_in_place,
    is_worth_compiling,
    make_net,
    nearer,
    steady,
)

EPOCH_COUNT = 6
NEEDS_GPU = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA device"
)


class Drawer(NoCheckpoints):
    """Keeps the last checkpoint."""

    def __init__(self) -> None:
        self.kept = {}

    def load(self, name):
        return self.kept.get(name)

    def save(self, name, payload):
        self.kept[name] = payload


class Listener(SilentMonitor):
    """Hears all epochs and ends the fit after one of them, or within one."""

    def __init__(self, last_epoch: float = np.inf, last_check: float = np.inf) -> None:
        self.last_epoch, self.last_check = last_epoch, last_check
        self.epochs, self.checks, self.advanced = [], 0, 0.0
        self.lines, self.found = [], 0.0

    def log(self, message):
        self.lines.append(message)

    def taken_up(self):
        self.found = self.advanced

    def epoch(self, metrics):
        self.epochs.append(metrics)

    def advance(self, units=1):
        self.advanced += units

    def check(self):
        self.checks += 1
        if self.checks > self.last_check or len(self.epochs) >= self.last_epoch:
            raise Cancelled


def rows(n_rows: int = 60):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n_rows, 3))
    return X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)


def network(watch: Watch | None = None, **schedule) -> DiabetesNetwork:
    chosen = {"epochs": EPOCH_COUNT, "batch_size": 8, "learning_rate": 0.01, **schedule}
    return DiabetesNetwork(schedule=Schedule(**chosen), hidden_size=8, watch=watch)


def kept_every_epoch(monitor, drawer) -> Watch:
    return Watch(monitor, drawer, interval=0)


@pytest.mark.parametrize("averaged", [False, True])
@pytest.mark.parametrize("epoch", range(1, EPOCH_COUNT))
def test_a_fit_killed_after_any_epoch_ends_the_same(epoch, averaged):
    kind = {"averaged": averaged}
    undisturbed, drawer = network(**kind).fit(*rows()), Drawer()
    killed = kept_every_epoch(Listener(last_epoch=epoch), drawer)
    with pytest.raises(Cancelled):
        network(killed, **kind).fit(*rows())
    listener = Listener()

    resumed = network(kept_every_epoch(listener, drawer), **kind).fit(*rows())

    assert resumed.history_ == undisturbed.history_ == listener.epochs
    assert resumed.weights_ == undisturbed.weights_
    assert listener.found == pytest.approx(epoch / EPOCH_COUNT)
    assert listener.advanced == pytest.approx(1)


def test_a_fit_begun_on_a_gpu_goes_on_without_one():
    undisturbed, drawer = network().fit(*rows()), Drawer()
    with pytest.raises(Cancelled):
        network(kept_every_epoch(Listener(last_epoch=2), drawer)).fit(*rows())
    kept = drawer.kept[EPOCHS]
    state = unpacked(kept.state)
    assert set(state["random"]) == {"cpu"}
    state["random"]["cuda"] = torch.zeros(16, dtype=torch.uint8)
    drawer.kept[EPOCHS] = replace(kept, state=packed(state))

    resumed = network(kept_every_epoch(Listener(), drawer)).fit(*rows())

    assert resumed.weights_ == undisturbed.weights_


@pytest.mark.parametrize(
    "device", ["cpu", pytest.param("cuda", marks=[pytest.mark.gpu, NEEDS_GPU])]
)
def test_draws_go_on_where_they_were(device):
    with torch.random.fork_rng():
        state = drawn_next(device)
        drawn = torch.rand(4, device=device)

        draw_on(state, device)

        assert torch.equal(torch.rand(4, device=device), drawn)


def test_a_checkpoint_of_another_fold_is_not_used():
    drawer = Drawer()
    with pytest.raises(Cancelled):
        network(Watch(Listener(2), drawer, "model", 0)).fit(*rows())

    assert Watch(checkpoints=drawer, part="model").earlier()
    assert Watch(checkpoints=drawer, part="fold 1").earlier() is None


def test_checkpoints_hold_data_only():
    drawer = Drawer()

    network(kept_every_epoch(Listener(), drawer)).fit(*rows())

    state = unpacked(drawer.kept[EPOCHS].state)
    assert len(state["history"]) == EPOCH_COUNT


def test_a_fit_stops_within_an_epoch():
    listener = Listener(last_check=3)

    with pytest.raises(Cancelled):
        network(Watch(listener)).fit(*rows())

    assert listener.epochs == []


def test_the_best_epoch_is_kept_and_waiting_ends_the_fit():
    fitted = network(epochs=60, patience=4, learning_rate=0.1).fit(*rows())

    losses = [told["valid_loss"] for told in fitted.history_]
    assert len(losses) == int(np.argmin(losses)) + 1 + 4 < 60


def test_the_learning_rate_falls_when_nothing_gets_better():
    fitted = network(epochs=12, patience=12, learning_rate=0.1, slow_after=1)

    rates = [told["lr"] for told in fitted.fit(*rows()).history_]

    assert rates[0] == 0.1
    assert rates[-1] < 0.1


def test_a_fit_begins_with_given_weights():
    first = network().fit(*rows())

    more = network(Watch(start=first.weights_), epochs=1).fit(*rows())

    assert more.history_[0]["train_loss"] < first.history_[0]["train_loss"] / 1.2


def test_a_pickled_network_carries_bytes_and_answers_the_same():
    fitted = network(Watch(Listener())).fit(*rows())
    X, _ = rows()

    copy = pickle.loads(pickle.dumps(fitted))

    assert copy.watch is None
    assert np.array_equal(copy.predict_proba(X), fitted.predict_proba(X))
    assert copy.without_tensors().weights_ == b""
    assert fitted.weights_


def test_a_class_that_was_not_learned_is_no_output():
    X, y = rows()

    fitted = network(epochs=1).fit(X, np.where(y == 1, 2, y))

    assert fitted.classes_.tolist() == [0, 2]
    assert set(fitted.predict(X)) <= {0, 2}


def test_untaught_network_is_kept_where_no_epoch_is_better():
    wild = network(learning_rate=100.0, untaught_counts=True, epochs=2).fit(*rows())

    with steady(wild.seed, threads=1):
        drawn = wild.module().state_dict()

    kept = unpacked(wild.weights_)
    assert len(wild.history_) == 2
    assert all(kept[name].equal(weights) for name, weights in drawn.items())


def test_an_average_is_judged_and_kept_but_not_learned_from():
    plain, averaged = (network(averaged=a, epochs=3).fit(*rows()) for a in (0, 1))

    def told(name):
        return [[e[name] for e in one.history_] for one in (plain, averaged)]

    assert told("train_loss")[0] == told("train_loss")[1]
    assert told("valid_loss")[0] != told("valid_loss")[1]
    assert plain.weights_ != averaged.weights_


def test_an_average_goes_back_over_the_last_tenth_of_all_steps():
    steps = torch.arange(1.0, 2001.0)
    mean = steps[0]

    for done, weights in enumerate(steps[1:], start=1):
        mean = nearer(mean, weights, done)

    assert mean == pytest.approx(2000 - 2000 / 10, rel=0.01)


class Precise(torch.nn.Module):
    """Notes in what precision its layer has computed."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 2)

    def forward(self, rows):
        found = self.layer(rows)
        self.computed_in = found.dtype
        return found


BATCH = ({"rows": torch.ones(4, 3)}, torch.zeros(4).long())


def precise_net():
    module, loss = Precise(), torch.nn.CrossEntropyLoss()
    return make_net(module, loss, Schedule(averaged=True), device="cpu", check=int)


@pytest.mark.parametrize(
    ("mixed", "precision"), [(True, torch.bfloat16), (False, torch.float32)]
)
def test_half_precision_is_for_layers_and_not_for_losses(mixed, precision):
    net = precise_net()
    net.mixed = mixed

    step = net.train_step_single(BATCH)

    assert net.module_.computed_in == precision
    assert step["loss"].dtype == step["y_pred"].dtype == torch.float32
    assert net.module_.layer.weight.dtype == torch.float32


def test_a_compiled_network_keeps_the_names_of_its_weights():
    net = precise_net()
    names = list(net.module_.state_dict())

    compile_in_place(net, backend="eager")
    net.train_step(BATCH)

    assert list(net.module_.state_dict()) == names
    assert list(net.averaged_.module.state_dict()) == names


def test_kernels_are_made_for_large_networks_only():
    assert not is_worth_compiling(Precise())
    assert is_worth_compiling(torch.nn.Linear(1000, 1000))


@pytest.mark.gpu
@NEEDS_GPU
def test_what_a_gpu_has_learned_answers_on_a_cpu():
    X, y = rows(200)

    fitted = network(epochs=40, averaged=True).fit(X, y)

    assert fitted.device_ == "cuda"
    assert set(unpacked(fitted.weights_)) == set(fitted.module().state_dict())
    assert (fitted.predict(X) == y).mean() > 0.9


def test_how_large_a_network_is_is_told_once():
    listener = Listener()

    network(Watch(listener), epochs=1).fit(*rows())
    network(Watch(listener, part="fold 1"), epochs=1).fit(*rows())

    # Three numbers with four cuts each, twice eight units, three classes.
    assert [line for line in listener.lines if "Epoch" not in line] == [
        "Creating model architecture and its inputs.",
        "The network has 227 weights.",
        "Training for 1 epochs.",
    ]
    told = [line for line in listener.lines if "Epoch" in line]
    assert told[0].startswith("Epoch 1/1, loss ")
    assert [line.rpartition(" (")[2] for line in told] == ["model)", "fold 1)"]
