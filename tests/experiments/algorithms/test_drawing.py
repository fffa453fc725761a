"""Trees drawn: which nodes, where, and what their boxes say."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from experiments.algorithms.reading.drawing import draw, fitted
from experiments.algorithms.reading.layout import BRANCHES, LEAVES, LEVELS, lay_out
from experiments.algorithms.reading.making import top
from experiments.algorithms.reading.view import Branch, TreeView, ViewNode
from experiments.results.trees import WRITERS, writers_of

SVG = "{http://www.w3.org/2000/svg}"


def view_of(*nodes: ViewNode, labels=("no", "yes")) -> TreeView:
    return TreeView(target="answer", labels=labels, types={}, nodes=nodes)


def leaf(weight: float, share: float = 1.0, **more) -> ViewNode:
    return ViewNode(answer=(share, 1 - share), weight=weight, **more)


def fan(width: int, feature: str = "town") -> TreeView:
    """One question with many answers; the later, the more rows."""
    branches = tuple(
        Branch(child=n, share=0.1, kind="among", among=(f"town {n}",))
        for n in range(1, width + 1)
    )
    root = leaf(100, 0.5, feature=feature, branches=branches)
    return view_of(root, *(leaf(n) for n in range(1, width + 1)))


def bush(levels: int) -> TreeView:
    """Every node asks whether a number is above another one, level by level."""
    inner = 2**levels - 1
    nodes = [
        leaf(
            2.0 ** (levels - (place + 1).bit_length() + 1),
            feature="size",
            branches=(
                Branch(child=2 * place + 1, share=0.5, high=place),
                Branch(child=2 * place + 2, share=0.5, low=place),
            ),
        )
        for place in range(inner)
    ]
    return view_of(*nodes, *(leaf(1) for _ in range(inner + 1)))


def test_leaves_have_rows_and_others_are_between_theirs():
    places = lay_out(bush(2), whole=True)

    assert [(place.level, place.row) for place in places] == [
        (0, 1.5), (1, 0.5), (2, 0.0), (2, 1.0), (1, 2.5), (2, 2.0), (2, 3.0),
    ]  # fmt: skip
    assert [place.parent for place in places] == [-1, 0, 1, 1, 0, 4, 4]


def test_box_says_how_one_comes_there_and_what_it_answers():
    root, _, right = draw(bush(1), whole=True).boxes

    assert (root.taken, root.question, root.rows) == ("all rows", "size?", "2")
    assert (right.taken, right.answer, right.share) == ("> 0", "no", "100%")
    assert right.sentence == "size > 0: no, 100%, 1 rows"


def test_bars_are_as_wide_as_the_shares():
    drawing = draw(view_of(leaf(4, 0.25)), whole=True)

    bars = drawing.boxes[0].bars
    assert [bar.width for bar in bars] == [26, 78]
    assert [bar.colour for bar in bars] == [key.colour for key in drawing.keys]


def test_page_shows_the_levels_it_has_room_for():
    places = lay_out(bush(6), whole=False)

    assert max(place.level for place in places) == LEVELS
    assert sum(place.hidden for place in places) == 2**7 - 2**5
    assert len(lay_out(bush(6), whole=True)) == 2**7 - 1


def test_light_branches_are_one_on_a_page():
    places = lay_out(fan(30), whole=False)

    assert len(places) == 1 + BRANCHES
    assert places[-1].taken == "19 other branches"
    assert places[-1].hidden == 19
    assert places[-1].node.weight == sum(range(1, 20))
    assert places[1].taken == "= town 20"


def test_leaves_of_a_page_are_bounded():
    wide = fan(11).nodes
    nodes = [
        *wide[:1],
        *(n.model_copy(update=deeper(p)) for p, n in enumerate(wide[1:])),
    ]
    view = view_of(*nodes, *(leaf(1) for _ in range(22)))

    assert len(lay_out(view, whole=False)) <= 1 + 11 + LEAVES
    assert len(lay_out(view, whole=True)) == 34


def deeper(place: int) -> dict:
    first = 12 + 2 * place
    branches = (
        Branch(child=first, share=0.5, high=1),
        Branch(child=first + 1, share=0.5, low=1),
    )
    return {"feature": "size", "branches": branches}


def test_huge_trees_keep_their_upper_levels():
    nodes = bush(5).nodes

    kept = view_of(*top(nodes, 20))

    assert len(kept.nodes) == 15
    assert kept.left_out == len(nodes) - 15
    assert [place.hidden for place in lay_out(kept, whole=True)].count(6) == 8
    assert set(writers_of(kept)) == {"svg", "txt", "json"}
    assert "no (4, 100.0%) … 6 nodes further down" in WRITERS["txt"].write(kept)
    assert top(nodes, 100) == nodes


@pytest.mark.parametrize("labels", [("a<b>&\x00", "\ud800 \"'"), None])
def test_file_is_svg_whatever_names_are_in_it(labels):
    answer = (0.5, 0.5) if labels else (1.5,)
    branches = (
        Branch(child=1, share=0.5, kind="among", among=("</svg>",)),
        Branch(child=2, share=0.5, kind="missing", with_missing=True),
    )
    root = ViewNode(answer=answer, weight=2, feature="<script>\x0b", branches=branches)
    node = ViewNode(answer=answer, weight=1)

    text = WRITERS["svg"].write(view_of(root, node, node, labels=labels))

    drawn = ElementTree.fromstring(text)
    titles = [title.text for title in drawn.iter(f"{SVG}title")]
    assert len(titles) == 4
    assert titles[2].startswith("<script> = </svg>: ")
    assert ".tree .box" in drawn.find(f"{SVG}style").text


def test_page_has_no_style_in_its_drawing():
    drawing = draw(bush(1), whole=False)

    assert "style" not in render_to_string(
        "experiments/_tree.svg", {"drawing": drawing}
    )


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("red", 3, "red"),
        ("scarlet", 4, "sca…"),
        ("紅紅紅", 4, "紅…"),
        ("a\nb", 5, "a b"),
    ],
)
def test_text_is_cut_to_its_room(text, room, shown):
    assert fitted(text, room) == shown
