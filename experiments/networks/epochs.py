"""Epoch after epoch: the best is kept, the pace falls, and all of it can go on later.

skorch runs each epoch; what decides between epochs is here, because it is part of the
state that a lost training goes on from: a fit that was killed after any epoch ends with
the very weights of one that was not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau

from experiments.learning.problems import TrainingError
from experiments.learning.tensors import packed, unpacked
from experiments.networks.nets import HEAD

if TYPE_CHECKING:
    from skorch import NeuralNet
    from skorch.dataset import Dataset

    from experiments.learning.watching import Watch
    from experiments.networks.nets import Schedule

State = dict[str, Any]

#: What an epoch tells, as far as skorch recorded it, beside the losses of heads.
FIGURES = ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy")


class Epochs:
    """The epochs of one fit.

    Parameters
    ----------
    net : NeuralNet
        Initialised.
    schedule : Schedule
    watch : Watch
    """

    def __init__(self, net: NeuralNet, schedule: Schedule, watch: Watch) -> None:
        self.net, self.schedule, self.watch = net, schedule, watch
        self.plateau = ReduceLROnPlateau(
            net.optimizer_, factor=schedule.slow_by, patience=schedule.slow_after
        )
        self.history: list[dict[str, float]] = []
        self.best: State = {"epoch": 0, "figure": float("-inf"), "module": {}}

    def run(self, dataset: Dataset) -> State:
        """Learn from the rows; return the tensors of the best epoch."""
        self._go_on()
        self.net.notify("on_train_begin", X=dataset, y=None)
        if self.schedule.untaught_counts and not self.history:
            self._note_untaught(dataset)
        while not self._is_over():
            self.net.fit_loop(dataset, epochs=1)
            self._note()
            self.watch.epoch(self.history[-1], self.schedule.epochs)
            if self.watch.is_due():
                self.watch.keep(packed(self.state()))
        self.net.notify("on_train_end", X=dataset, y=None)
        self.watch.finish()
        best: State = self.best["module"]
        return best

    def _is_over(self) -> bool:
        done = len(self.history)
        waited = done - self.best["epoch"]
        return done >= self.schedule.epochs or waited >= self.schedule.patience

    def _note(self) -> None:
        """Record the epoch; keep its weights if it is the best, slow down if not."""
        record, (group, *_) = self.net.history[-1], self.net.optimizer_.param_groups
        heads = [name for name in record if name.startswith(tuple(HEAD.values()))]
        names = [*(name for name in FIGURES if name in record), *heads]
        told = {name: float(record[name]) for name in names}
        self.net.history.clear()  # batches of hundreds of epochs are worth nothing
        epoch = len(self.history) + 1
        self.history.append({"epoch": float(epoch), **told, "lr": float(group["lr"])})
        figure = self._figure(told)
        if figure > self.best["figure"]:
            self._keep(epoch, figure)
        self.plateau.step(told.get("valid_loss", told["train_loss"]))

    def _note_untaught(self, dataset: Dataset) -> None:
        """Hold what the network says before its first epoch for the best so far."""
        _, held = self.net.get_split_datasets(dataset)
        if held is None:
            return
        total = 0.0
        for batch in self.net.get_iterator(held, training=False):
            step = self.net.validation_step(batch)
            total += float(step["loss"]) * len(batch[1])
        self._keep(0, -total / len(held))

    def _keep(self, epoch: int, figure: float) -> None:
        weights = {k: v.clone() for k, v in self._weights().items()}
        self.best = {"epoch": epoch, "figure": figure, "module": weights}

    def _figure(self, told: dict[str, float]) -> float:
        """Return how good an epoch was; among equals in accuracy the smaller loss."""
        loss = told.get("valid_loss", told["train_loss"])
        if self.schedule.judged_by == "valid_accuracy" and "valid_accuracy" in told:
            return told["valid_accuracy"] - 1e-6 * loss
        return -loss

    def _weights(self) -> State:
        """Return what is judged: the average, where one is kept."""
        net = self.net
        judged = net.averaged_.module if self.schedule.averaged else net.module_
        weights: State = judged.state_dict()
        return weights

    def state(self) -> State:
        """Return all that the next epoch depends on."""
        return {
            "module": self.net.module_.state_dict(),
            "averaged": self.net.averaged_.state_dict()
            if self.schedule.averaged
            else {},
            "optimizer": self.net.optimizer_.state_dict(),
            "plateau": self.plateau.state_dict(),
            "best": self.best,
            "history": self.history,
            "random": drawn_next(self.net.device),
        }

    def _begin_with(self, tensors: bytes) -> None:
        """Take the weights of an earlier model, if they fit into this network."""
        try:
            self.net.module_.load_state_dict(unpacked(tensors))
        except RuntimeError as error:
            raise TrainingError(
                "The model to go on from is a network of another shape. Keep its size "
                "and its other settings, but for epochs, batch size and rates; and the "
                "same classes."
            ) from error
        self.watch.monitor.log("Begins with the weights of an earlier model.")

    def _go_on(self) -> None:
        """Take up the state of a lost attempt, or the weights of an earlier model."""
        if self.watch.start:
            self._begin_with(self.watch.start)
        earlier = self.watch.earlier()
        if earlier is None:
            return
        state = unpacked(earlier)
        self.net.module_.load_state_dict(state["module"])
        if self.schedule.averaged:
            self.net.averaged_.load_state_dict(state["averaged"])
        self.net.optimizer_.load_state_dict(state["optimizer"])
        self.plateau.load_state_dict(state["plateau"])
        self.best, self.history = state["best"], state["history"]
        draw_on(state["random"], self.net.device)
        self.watch.monitor.log(f"Goes on after epoch {len(self.history)}.")
        for told in self.history:
            self.watch.epoch(told, self.schedule.epochs)
        self.watch.monitor.taken_up()


def drawn_next(device: str) -> State:
    """Return what the next draws depend on; a GPU draws, for dropout, by itself."""
    state = {"cpu": torch.get_rng_state()}
    if device.startswith("cuda"):
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def draw_on(state: State, device: str) -> None:
    """Draw as `drawn_next` found it, as far as this device was drawn from then."""
    torch.set_rng_state(state["cpu"])
    if device.startswith("cuda") and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
