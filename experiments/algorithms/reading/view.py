"""A fitted tree as data that says everything and belongs to no library."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

Label: TypeAlias = str | bool | int | float


class Branch(BaseModel):
    """One way on from a node.

    Parameters
    ----------
    child : int
        Where it leads.
    share : float
        The part of the node's training weight that went there.
    kind : {"range", "among", "missing", "rest"}
        Whether it takes the numbers above `low` up to `high`, the categories `among`,
        no known value, or what no other branch of the node takes.
    with_missing : bool
        Whether it takes missing values as well.
    """

    model_config = ConfigDict(frozen=True)

    child: int
    share: float
    kind: Literal["range", "among", "missing", "rest"] = "range"
    low: float | None = None
    high: float | None = None
    among: tuple[str, ...] = ()
    with_missing: bool = False


class ViewNode(BaseModel):
    """One node: what it answers, the weight of its training rows, what it asks.

    `below` counts the nodes below it that are left out, where the tree is very large.
    """

    model_config = ConfigDict(frozen=True)

    answer: tuple[float, ...]
    weight: float
    feature: str | None = None
    branches: tuple[Branch, ...] = ()
    below: int = 0


class TreeView(BaseModel):
    """A tree; node 0 is the root, parents come before their children.

    Parameters
    ----------
    target : str
    labels : tuple or None
        The classes that answers are shares of; None where they are numbers.
    types : dict of str to str
        What kind of column each feature is.
    complete : tuple of str
        Features that lacked no value in training: nothing was learned about where
        their missing values go, and words leave it out.
    shares_missing : bool
        Whether a value that no branch takes goes down all of them by their shares;
        else the node answers itself.
    is_single : bool
        Whether numbers are rounded to single precision before they are compared.
    nodes : tuple of ViewNode
    """

    model_config = ConfigDict(frozen=True)

    target: str
    labels: tuple[Label, ...] | None
    types: dict[str, str]
    complete: tuple[str, ...] = ()
    shares_missing: bool = False
    is_single: bool = False
    nodes: tuple[ViewNode, ...]

    @property
    def left_out(self) -> int:
        """How many nodes of the tree are not in it."""
        return sum(node.below for node in self.nodes)

    def said(self, node: ViewNode) -> Label:
        """Return what a node predicts: its likeliest class, or its number."""
        if self.labels is None:
            return node.answer[0]
        return self.labels[node.answer.index(max(node.answer))]

    def to_json(self) -> dict[str, Any]:
        """Return the tree as plain data."""
        return self.model_dump(mode="json")
