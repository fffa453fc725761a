"""A network with the contract of scikit-learn: the base of every neural family.

A family says what its network is given, how it is built and what it is taught by; how
it is trained, kept and asked is the same for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from experiments.learning.tensors import HoldsTensors, packed, unpacked
from experiments.learning.watching import Watch

if TYPE_CHECKING:
    import torch

    from experiments.networks.nets import Schedule

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Targets = np.ndarray[Any, Any]
Places = np.ndarray[Any, np.dtype[np.int64]]


class Network(HoldsTensors, BaseEstimator):
    """The training, keeping and asking of a network.

    Parameters
    ----------
    schedule : Schedule
    seed : int
    threads : int
    device : str
        "auto" is a GPU where there is one.
    watch : Watch, optional
        What the fit reports to; not kept afterwards.
    """

    #: Whether a row can be right or wrong: `right` is only asked then.
    tells_classes = False
    #: Threads that wait for each other cost small networks many times what they bring.
    most_threads = 1

    def __init__(
        self,
        *,
        schedule: Schedule,
        seed: int = 42,
        threads: int = 1,
        device: str = "auto",
        watch: Watch | None = None,
    ) -> None:
        self.schedule = schedule
        self.seed = seed
        self.threads = threads
        self.device = device
        self.watch = watch

    # What a family says

    def learn(self, X: Matrix, Y: Targets) -> None:
        """Learn scales and the like from training rows, into attributes ending in _."""
        raise NotImplementedError

    def inputs(self, X: Matrix) -> dict[str, np.ndarray[Any, Any]]:
        """Return rows as what `forward` of the module takes, by argument."""
        raise NotImplementedError

    def targets(self, X: Matrix, Y: Targets) -> np.ndarray[Any, Any]:
        """Return targets as the criterion takes them."""
        raise NotImplementedError

    def module(self) -> torch.nn.Module:
        """Return the network, its weights drawn anew."""
        raise NotImplementedError

    def criterion(self) -> torch.nn.Module:
        """Return the loss of what the network answers against the targets."""
        raise NotImplementedError

    def right(self, outputs: Any, targets: Any) -> float:
        """Return how many of some rows the outputs are right about."""
        raise NotImplementedError

    def divided(self, X: Matrix, Y: Targets) -> tuple[Places, Places]:
        """Return the rows to learn from, and those to take the epochs' figures on."""
        raise NotImplementedError

    # What is the same for all

    def learn_weights(self, X: Matrix, Y: Targets) -> None:
        """Fit the network; `weights_` and `history_` are what is kept."""
        from skorch.dataset import Dataset  # noqa: PLC0415 -- heavy import

        from experiments.networks.epochs import Epochs  # noqa: PLC0415 -- heavy import
        from experiments.networks.nets import (  # noqa: PLC0415 -- heavy import
            make_net,
            steady,
            tensors,
            usable_device,
            weights_of,
        )

        watch = self.watch or Watch()
        if watch.is_model:
            watch.monitor.log("Creating model architecture and its inputs.")
        learned, held = self.divided(X, Y)
        self.learn(X[learned], Y[learned])
        rows = [
            Dataset(
                tensors(self.inputs(X[places])),
                tensors({"y": self.targets(X[places], Y[places])})["y"],
            )
            for places in (learned, held)
        ]
        self.device_ = usable_device(self.device)
        with steady(self.seed, min(self.threads, self.most_threads)):
            net = make_net(
                self.module(),
                self.criterion(),
                self.schedule,
                device=self.device_,
                check=watch.check,
                score=self.right if self.tells_classes else None,
                held=rows[1] if len(held) else None,
            )
            if watch.is_model:
                size = weights_of(net.module_)
                watch.monitor.log(f"The network has {size:,} weights.")
                watch.monitor.log(f"Training for {self.schedule.epochs} epochs.")
            epochs = Epochs(net, self.schedule, watch)
            self.weights_ = packed(epochs.run(rows[0]))
        self.history_ = epochs.history
        self._asked = None

    def outputs(self, X: Matrix) -> tuple[np.ndarray[Any, Any], ...]:
        """Return what the network answers to rows, one array a head."""
        import torch  # noqa: PLC0415 -- heavy import

        from experiments.networks.nets import tensors  # noqa: PLC0415 -- heavy import

        module, size = self.fitted_module(), self.schedule.rows_at_once
        parts = []
        with torch.inference_mode():
            for start in range(0, max(1, len(X)), size):
                found = module(**tensors(self.inputs(X[start : start + size])))
                heads = found if isinstance(found, tuple) else (found,)
                parts.append([head.numpy() for head in heads])
        return tuple(np.concatenate(head) for head in zip(*parts, strict=True))

    def fitted_module(self) -> torch.nn.Module:
        """Return the network with its learned weights, ready to be asked on the CPU."""
        if getattr(self, "_asked", None) is None:
            module = self.module()
            module.load_state_dict(unpacked(self.weights_))
            self._asked = module.eval()
        return self._asked

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the network, which the bytes of `weights_` give back."""
        state: dict[str, Any] = dict(super().__getstate__())
        state.pop("_asked", None)
        return {**state, "watch": None}


class NetworkClassifier(ClassifierMixin, Network):
    """A network whose first head tells classes apart.

    Targets are class codes, or rows whose first column are codes and whose others are
    what further heads are taught.
    """

    tells_classes = True

    def fit(self, X: Matrix, y: Targets) -> NetworkClassifier:
        """Learn from rows and their classes."""
        X, Y = np.asarray(X, dtype=np.float64), np.asarray(y)
        Y = Y.reshape(len(Y), -1)
        self.classes_, codes = np.unique(Y[:, 0], return_inverse=True)
        self.classes_ = self.classes_.astype(np.int64)
        self.n_features_in_ = X.shape[1]
        self.learn_weights(X, np.column_stack([codes, Y[:, 1:]]))
        return self

    def predict_proba(self, X: Matrix) -> Matrix:
        """Return the probability of every class for every row."""
        return softmax(self.outputs(np.asarray(X, dtype=np.float64))[0])

    def predict(self, X: Matrix) -> Targets:
        """Return the most probable class of every row."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def right(self, outputs: Any, targets: Any) -> float:
        """Return how many classes are the true ones."""
        logits = outputs[0] if isinstance(outputs, tuple) else outputs
        codes = targets if targets.ndim == 1 else targets[:, 0]
        return float((logits.argmax(dim=1) == codes).sum())

    def divided(self, X: Matrix, Y: Targets) -> tuple[Places, Places]:
        """Keep the same share of every class aside; none of a class with one row."""
        rng = np.random.default_rng(self.seed)
        held = [
            places[: int(len(places) * self.schedule.validation)]
            for code in np.unique(Y[:, 0])
            for places in [rng.permutation(np.flatnonzero(Y[:, 0] == code))]
        ]
        aside = np.sort(np.concatenate(held))
        return np.setdiff1d(np.arange(len(Y)), aside), aside


def softmax(logits: np.ndarray[Any, Any]) -> Matrix:
    """Return logits as probabilities, in double precision."""
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    shares: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return shares
