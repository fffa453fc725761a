"""Tensors as bytes and back; what is read can hold tensors and plain values only."""

from __future__ import annotations

import io
from copy import copy
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class HoldsTensors:
    """An estimator whose learned tensors an artefact keeps apart from the rest.

    `weights_` is what `packed` made of them: an estimator that is copied or pickled
    carries bytes, and whoever needs a network builds it from these.
    """

    weights_: bytes
    history_: list[dict[str, float]]

    def beside(self, X: Any) -> dict[str, list[Any]]:
        """Return what is answered beside the prediction, by name, a value a row."""
        return {}

    def from_matrix(self) -> Any:
        """Return a module from encoded rows to probabilities, None where none is."""
        return None

    def without_tensors(self) -> Self:
        """Return a copy that knows all but its tensors."""
        return self.with_tensors(b"")

    def with_tensors(self, content: bytes) -> Self:
        """Return a copy with these tensors."""
        changed = copy(self)
        changed.weights_ = content
        return changed


def packed(state: Mapping[str, Any]) -> bytes:
    """Return a dict of tensors and plain values as the content of a torch file."""
    import torch  # noqa: PLC0415 -- heavy import

    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, Any]:
    """Return what `packed` wrote, on the CPU; anything but data is refused."""
    import torch  # noqa: PLC0415 -- heavy import

    state: dict[str, Any] = torch.load(
        io.BytesIO(content), map_location="cpu", weights_only=True
    )
    return state
