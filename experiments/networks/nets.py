"""The one place that builds skorch nets: optimiser, batches, clipping, stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, GradientNormClipping
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from torch.optim.swa_utils import AveragedModel

from experiments.networks.heads import LossOfHeads

Inputs = dict[str, torch.Tensor]
#: Averaged weights go back over the steps so far, divided by this.
LATELY = 9
#: Weights from which on kernels are made for a network: making them takes time, too.
COMPILED_FROM = 1_000_000
#: What the losses of heads are recorded as, in training and in validation.
HEAD = {True: "train_head_", False: "valid_head_"}
Score = Callable[[Any, torch.Tensor], float]


@dataclass(frozen=True)
class Schedule:
    """How long, how fast and on what a network learns.

    Parameters
    ----------
    epochs, batch_size : int
    learning_rate, weight_decay : float
        Of Adam; with weight decay apart from the gradient (AdamW).
    clip : float
        The largest norm a gradient may have.
    judged_by : {"valid_loss", "valid_accuracy"}
        The figure of the epoch whose weights are kept.
    patience : int
        Epochs without a better figure after which it ends.
    slow_after : int
        Epochs without a better validation loss after which the learning rate falls.
    slow_by : float
        What it is multiplied by then.
    validation : float
        Share of the training rows the figures are taken on.
    rows_at_once : int
        Rows that are looked at together where nothing is learned from them.
    untaught_counts : bool
        Whether the network is a model before it has learned anything, and stays that
        one where no epoch has a smaller validation loss.
    averaged : bool
        Whether what is judged and kept is the mean of the weights over the last tenth
        of all corrections so far: steadier from epoch to epoch than the weights.
    """

    epochs: int = 50
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    clip: float = 1.0
    judged_by: Literal["valid_loss", "valid_accuracy"] = "valid_loss"
    patience: int = 10
    slow_after: int = 5
    slow_by: float = 0.5
    validation: float = 0.2
    rows_at_once: int = 1024
    untaught_counts: bool = False
    averaged: bool = False


class Slices:
    """Batches sliced from tensors: a third of the time of a loader row by row.

    The keyword arguments are those that skorch gives a `DataLoader`.
    """

    def __init__(
        self, dataset: Dataset, batch_size: int, shuffle: bool = False
    ) -> None:
        self.X, self.y = dataset.X, dataset.y
        self.batch_size, self.shuffle = batch_size, shuffle

    def __iter__(self) -> Iterator[tuple[Inputs, torch.Tensor]]:
        size = len(self.y)
        order = torch.randperm(size) if self.shuffle else torch.arange(size)
        for places in order.split(self.batch_size):
            yield {name: part[places] for name, part in self.X.items()}, self.y[places]

    def __len__(self) -> int:
        return -(-len(self.y) // self.batch_size)


class MixedNet(NeuralNet):
    """A net whose layers may compute in half precision; losses stay in single."""

    #: Set on GPUs that have units for it: products then take half of the time or less.
    mixed = False

    def infer(self, x: Any, **fit_params: Any) -> Any:
        """Return what the module answers, in single precision."""
        kind = torch.device(self.device).type
        with torch.autocast(kind, dtype=torch.bfloat16, enabled=self.mixed):
            found = super().infer(x, **fit_params)
        if isinstance(found, tuple):
            return tuple(head.float() for head in found)
        return found.float()


class AveragedNet(MixedNet):
    """A net whose validation, and best weights, are those of its averaged module."""

    module_: torch.nn.Module

    def initialize_module(self) -> AveragedNet:
        """Begin the average with the module's own weights."""
        super().initialize_module()
        self.averaged_ = AveragedModel(self.module_, avg_fn=nearer, use_buffers=True)
        return self

    def train_step(self, batch: Any, **fit_params: Any) -> Any:
        """Correct the weights, and draw their average nearer."""
        step = super().train_step(batch, **fit_params)
        self.averaged_.update_parameters(self.module_)
        return step

    def validation_step(self, batch: Any, **fit_params: Any) -> Any:
        """Judge the average."""
        own, self.module_ = self.module_, self.averaged_.module
        try:
            return super().validation_step(batch, **fit_params)
        finally:
            self.module_ = own


def nearer(mean: torch.Tensor, weights: torch.Tensor, steps: int) -> torch.Tensor:
    """Return the mean with one more step in it, of which later ones count for more."""
    return mean + (weights - mean) * (LATELY / (steps + LATELY + 1))


class BatchCheck(Callback):
    """Asks after every batch whether to stop: an epoch may take minutes."""

    def __init__(self, check: Callable[[], None]) -> None:
        self.check = check

    def on_batch_end(self, net: NeuralNet, **told: Any) -> None:
        self.check()


class Tally(Callback):
    """Records the share of rows that were right, in training and in validation."""

    def __init__(self, score: Score) -> None:
        self.score = score

    def on_epoch_begin(self, net: NeuralNet, **told: Any) -> None:
        self.right_ = {True: 0.0, False: 0.0}
        self.seen_ = {True: 0, False: 0}

    def on_batch_end(
        self,
        net: NeuralNet,
        batch: Any = None,
        training: bool = False,
        y_pred: Any = None,
        **told: Any,
    ) -> None:
        targets = batch[1].to(net.device)
        self.right_[training] += self.score(y_pred, targets)
        self.seen_[training] += len(targets)

    def on_epoch_end(self, net: NeuralNet, **told: Any) -> None:
        for training, name in ((True, "train_accuracy"), (False, "valid_accuracy")):
            if self.seen_[training]:
                net.history.record(name, self.right_[training] / self.seen_[training])


class Heads(Callback):
    """Records the mean loss of each head, where the criterion tells of several."""

    def on_epoch_begin(self, net: NeuralNet, **told: Any) -> None:
        self.sums_: dict[str, float] = {}
        self.seen_ = {True: 0, False: 0}

    def on_batch_end(
        self, net: NeuralNet, batch: Any = None, training: bool = False, **told: Any
    ) -> None:
        size = len(batch[1])
        self.seen_[training] += size
        for head, loss in net.criterion_.told.items():
            name = f"{HEAD[training]}{head}"
            self.sums_[name] = self.sums_.get(name, 0.0) + size * float(loss)

    def on_epoch_end(self, net: NeuralNet, **told: Any) -> None:
        for name, total in self.sums_.items():
            net.history.record(name, total / self.seen_[name.startswith(HEAD[True])])


def make_net(
    module: torch.nn.Module,
    criterion: torch.nn.Module,
    schedule: Schedule,
    *,
    device: str,
    check: Callable[[], None],
    score: Score | None = None,
    held: Dataset | None = None,
) -> NeuralNet:
    """Return an initialised net.

    Parameters
    ----------
    module, criterion : torch.nn.Module
        The criterion is given what the module returns, and the targets.
    schedule : Schedule
    device : str
    check : callable
        Called for every batch; may raise to stop.
    score : callable, optional
        How many of some rows are right.
    held : Dataset, optional
        Rows to validate on.
    """
    kind = AveragedNet if schedule.averaged else MixedNet
    net = kind(
        module,
        criterion=criterion,
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=schedule.weight_decay,
        optimizer__fused=True,  # one call for all weights, on a CPU too
        lr=schedule.learning_rate,
        max_epochs=schedule.epochs,
        batch_size=schedule.batch_size,
        iterator_train=Slices,
        iterator_train__shuffle=True,
        iterator_valid=Slices,
        iterator_valid__batch_size=schedule.rows_at_once,
        train_split=predefined_split(held) if held is not None else None,
        callbacks=[
            ("clip", GradientNormClipping(schedule.clip)),
            ("check", BatchCheck(check)),
            *([("tally", Tally(score))] if score else []),
            *([("heads", Heads())] if isinstance(criterion, LossOfHeads) else []),
        ],
        callbacks__print_log=None,
        device=device,
    ).initialize()
    if device.startswith("cuda"):
        net.mixed = torch.cuda.is_bf16_supported(including_emulation=False)
        if find_spec("triton") and is_worth_compiling(net.module_):
            compile_in_place(net)
    return net


def is_worth_compiling(module: torch.nn.Module) -> bool:
    """Whether a network is large enough for kernels of its own to pay off."""
    return weights_of(module) >= COMPILED_FROM


def weights_of(module: torch.nn.Module) -> int:
    """Return how many weights a network has."""
    return sum(part.numel() for part in module.parameters())


def compile_in_place(net: NeuralNet, backend: str = "inductor") -> None:
    """Have kernels made for the network; where that fails it runs as it is written.

    The module itself stays what it was: its weights keep their names.
    """
    torch._dynamo.config.suppress_errors = True  # no compiler on the machine, say
    net.module_.compile(backend=backend)


def usable_device(wanted: str) -> str:
    """Return the device to compute on: a GPU for "auto" where there is one."""
    if wanted != "auto":
        return wanted
    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def steady(seed: int, threads: int) -> Iterator[None]:
    """Draw and compute as this seed and these threads say; then be as before."""
    before = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.set_num_threads(threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def tensors(arrays: dict[str, np.ndarray[Any, Any]]) -> Inputs:
    """Return arrays as tensors that share their memory where they can."""
    return {
        name: torch.from_numpy(np.ascontiguousarray(array))
        for name, array in arrays.items()
    }
