"""From fitted estimators to trees that can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.algorithms.reading.view import Branch, TreeView, ViewNode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from experiments.algorithms.c45.estimator import C45Classifier
    from experiments.algorithms.chaid.columns import Column
    from experiments.algorithms.chaid.estimator import ChaidClassifier, ChaidRegressor
    from experiments.learning.encoding import Encoder

    Nodes = Callable[[Any, Encoder], tuple[ViewNode, ...]]

#: Of larger trees the lowest levels are left out: nobody reads them.
MOST_NODES = 1_000


def view_of(
    estimator: Any, encoder: Encoder, target: str, labels: Sequence[Any] | None
) -> TreeView | None:
    """Return a fitted tree to be read, its top if it is huge; None for no tree.

    Parameters
    ----------
    estimator : object
    encoder : Encoder
        What turned features into the columns the estimator knows.
    target : str
    labels : sequence or None
        What the codes of classes stand for.
    """
    for kind, (nodes_of, options) in _readers().items():
        if type(estimator) is not kind:
            continue
        nodes = top(without_vain_gaps(nodes_of(estimator, encoder)), MOST_NODES)
        return TreeView(
            target=target,
            labels=labels and tuple(labels[code] for code in estimator.classes_),
            types={feature.name: feature.type.value for feature in encoder.features},
            complete=tuple(f.name for f in encoder.features if f.is_complete),
            nodes=nodes,
            **options,
        )
    return None


def without_vain_gaps(nodes: tuple[ViewNode, ...]) -> tuple[ViewNode, ...]:
    """Return nodes that take no missing values where none can arrive.

    A library sends them somewhere at every question, also below an answer to an earlier
    one that only rows with a value have given.
    """
    known: list[frozenset[str | None]] = [frozenset()] * len(nodes)
    for place, node in enumerate(nodes):
        for branch in node.branches:
            lacks = branch.with_missing or branch.kind == "missing"
            asked = frozenset() if lacks else {node.feature}
            known[branch.child] = known[place] | asked
    return tuple(
        _without_gaps(node) if node.feature in known[place] else node
        for place, node in enumerate(nodes)
    )


def _without_gaps(node: ViewNode) -> ViewNode:
    branches = tuple(
        branch.model_copy(update={"with_missing": False}) for branch in node.branches
    )
    return node.model_copy(update={"branches": branches})


def top(nodes: tuple[ViewNode, ...], most: int) -> tuple[ViewNode, ...]:
    """Return the tree without its lowest levels, so that at most so many nodes stay."""
    if len(nodes) <= most:
        return nodes
    kept, level = [0], [0]
    while level:
        level = [branch.child for place in level for branch in nodes[place].branches]
        if len(kept) + len(level) > most:
            break
        kept += level
    places = {place: number for number, place in enumerate(kept)}
    sizes = [1] * len(nodes)
    for place in reversed(range(len(nodes))):
        sizes[place] += sum(sizes[branch.child] for branch in nodes[place].branches)
    return tuple(_kept(nodes[place], places, sizes[place] - 1) for place in kept)


def _kept(node: ViewNode, places: dict[int, int], below: int) -> ViewNode:
    if not all(branch.child in places for branch in node.branches):
        return node.model_copy(update={"feature": None, "branches": (), "below": below})
    branches = tuple(
        branch.model_copy(update={"child": places[branch.child]})
        for branch in node.branches
    )
    return node.model_copy(update={"branches": branches})


def _readers() -> dict[type[Any], tuple[Nodes, dict[str, bool]]]:
    from sklearn import tree  # noqa: PLC0415 -- heavy import

    from experiments.algorithms.c45.estimator import (  # noqa: PLC0415 -- heavy import
        C45Classifier,
    )
    from experiments.algorithms.chaid.estimator import (  # noqa: PLC0415 -- heavy import
        ChaidClassifier,
        ChaidRegressor,
    )

    return {
        tree.DecisionTreeClassifier: (_cart, {"is_single": True}),
        tree.DecisionTreeRegressor: (_cart, {"is_single": True}),
        C45Classifier: (_c45, {"shares_missing": True}),
        ChaidClassifier: (_chaid, {}),
        ChaidRegressor: (_chaid, {}),
    }


def _cart(estimator: Any, encoder: Encoder) -> tuple[ViewNode, ...]:
    tree = estimator.tree_
    features, answers = _features_of_columns(encoder), tree.value[:, 0, :]
    weights = tree.weighted_n_node_samples
    nodes = []
    for place, left in enumerate(tree.children_left):
        feature: str | None = None
        branches: tuple[Branch, ...] = ()
        if left >= 0:
            feature, category = features[tree.feature[place]]
            shares = weights[[left, tree.children_right[place]]] / weights[place]
            branches = _halves(tree, place, category, shares)
        nodes.append(_node(answers[place], weights[place], feature, branches))
    return tuple(nodes)


def _halves(
    tree: Any, place: int, category: str | None, shares: Any
) -> tuple[Branch, Branch]:
    """Return both ways on from a node; missing values have a side of their own."""
    threshold = float(tree.threshold[place])
    goes_left = bool(tree.missing_go_to_left[place])
    below: dict[str, Any] = {"with_missing": goes_left}
    above: dict[str, Any] = {"with_missing": not goes_left}
    if threshold == np.inf:  # what is known goes left
        above["kind"] = "missing"
    elif category is not None:  # a column of zeros and ones
        below["kind"] = "rest"
        above |= {"kind": "among", "among": (category,)}
    else:
        below["high"] = above["low"] = threshold
    left, right = int(tree.children_left[place]), int(tree.children_right[place])
    return (
        Branch(child=left, share=shares[0], **below),
        Branch(child=right, share=shares[1], **above),
    )


def _features_of_columns(encoder: Encoder) -> list[tuple[str, str | None]]:
    """Return feature and category of each column of the matrix."""
    return [
        (feature.name, feature.categories[place] if feature.categories else None)
        for feature, width in zip(encoder.features, encoder.widths, strict=True)
        for place in range(width)
    ]


def _c45(estimator: C45Classifier, encoder: Encoder) -> tuple[ViewNode, ...]:
    tree, nodes = estimator.tree_, []
    weights = tree.counts.sum(axis=1)
    for place in range(len(weights)):
        column = int(tree.feature[place])
        feature: str | None = None
        branches: tuple[Branch, ...] = ()
        children = tree.children(place)
        shares = [float(estimator.shares_[child]) for child in children]
        if len(children):
            feature = encoder.features[column].name
        if len(children) and tree.sizes[column]:
            names = encoder.features[column].categories
            codes = estimator.categories_[column].astype(int)
            branches = tuple(
                Branch(child=child, share=share, kind="among", among=(names[code],))
                for child, share, code in zip(children, shares, codes, strict=True)
            )
        elif len(children):
            at = float(tree.threshold[place])
            branches = (
                Branch(child=children[0], share=shares[0], high=at),
                Branch(child=children[1], share=shares[1], low=at),
            )
        answer = estimator.answers_[place]
        nodes.append(_node(answer, weights[place], feature, branches))
    return tuple(nodes)


def _chaid(
    estimator: ChaidClassifier | ChaidRegressor, encoder: Encoder
) -> tuple[ViewNode, ...]:
    weights = [
        float(estimator.association_.weight(node.sums)) for node in estimator.nodes_
    ]
    nodes = []
    for place, node in enumerate(estimator.nodes_):
        feature: str | None = None
        branches: tuple[Branch, ...] = ()
        if question := node.question:
            code = encoder.features[question.column]
            column, feature = estimator.columns_[question.column], code.name
            branches = tuple(
                _group(
                    group,
                    column,
                    code.categories,
                    child=question.first + number,
                    share=weights[question.first + number] / weights[place],
                )
                for number, group in enumerate(question.groups)
            )
        answer = estimator.answers_[place]
        nodes.append(_node(answer, weights[place], feature, branches))
    return tuple(nodes)


def _group(
    group: Sequence[int],
    column: Column,
    names: Sequence[str],
    *,
    child: int,
    share: float,
) -> Branch:
    known = [code for code in group if code != column.missing]
    with_missing = len(known) < len(group)
    if not known:
        return Branch(child=child, share=share, kind="missing", with_missing=True)
    if column.is_category:
        among = tuple(names[int(column.values[code])] for code in known)
        return Branch(
            child=child,
            share=share,
            kind="among",
            among=among,
            with_missing=with_missing,
        )
    lowest, highest = min(known), max(known)
    return Branch(
        child=child,
        share=share,
        low=float(column.values[lowest - 1]) if lowest else None,
        high=float(column.values[highest]) if highest < len(column.values) else None,
        with_missing=with_missing,
    )


def _node(
    answer: Any, weight: float, feature: str | None, branches: tuple[Branch, ...]
) -> ViewNode:
    return ViewNode(
        answer=tuple(answer.tolist()),
        weight=float(weight),
        feature=feature,
        branches=branches,
    )
