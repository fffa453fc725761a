"""Finds what programs say to people: whole sentences, titles and marked words.

Pure packages cannot call gettext, so nothing there is marked: by the house rule a
sentence for people ends with a full stop, and what is called a title, a label or help
is one. Single words elsewhere are marked by `datasets.words.word`. An f-string counts
as a pattern, its values as places: “There is no column “{name}”.”
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Folders and programs that are searched so; others mark with gettext.
FOLDERS = (
    "datasets/",
    "experiments/",
    "datamine/operations/",
    "datamine/limits.py",
    "datamine/room.py",
    "datamine/work/",
    "projects/outbound.py",
    "projects/webhooks.py",
    "registry/batches.py",
)
#: What talks to programs and operators, in English.
LEFT_OUT = re.compile(
    r"/(api|management|migrations|scripts|engines/(?!spark)|networks/(?!parameters))"
    r"|/(admin|apps|models|terminal|stored|onnx_export|onnx_graphs)\b"
    r"|/work/supervisor\b"
    r"|/operations/(backups|doctor|reconciling|restoring|rows|schema|signing|storage)\b"
)
PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}", re.IGNORECASE)
SENTENCE = re.compile(r"\S+ .*([.?!:…]|[.:] \{\w+\})", re.DOTALL)
QUERY = re.compile(r"\b(SELECT|LIMIT|DISTINCT|WHERE|CAST|IS (NOT )?NULL|lower\()")
LETTERS = re.compile(r"[^\W\d_]{2}")
#: What a call names things by, beside the words it is called with.
IDENTIFIER = re.compile(r"[a-z0-9_]+|\w+Parameters|\w+/[\w+-]+|\{here\}\S*|SQL|Python")
#: Keyword arguments that hold words whether or not they are sentences.
WORDY = frozenset(
    [
        "title",
        "label",
        "help",
        "help_text",
        "description",
        "summary",
        "learns",
        "notice",
        "expected",
        "unit",
    ]
)
#: What is called with words, by the name of the call: all texts in it count.
SAYING = frozenset(
    [
        "word",
        "spoken",
        "parameter",
        "phase",
        "_phase",
        "heading",
        "facts",
        "table",
        "Chart",
        "Metric",
        "Preset",
        "Rival",
        "Writer",
        "Outlook",
        "Operator",
        "ContractColumn",
        "_price",
        "_rival",
        "_entry",
        "_content",
        "_count",
        "_notice",
        "axis",
        "share_axis",
        "score_axis",
        "wide",
        "strips",
        "lines",
        "each_curve",
    ]
)
#: What is called with texts that nobody reads but programs and operators.
SILENT = frozenset(
    [
        "ask",
        "execute",
        "log",
        "debug",
        "info",
        "warning",
        "error",
        "exception",
        "compile",
        "search",
        "sub",
        "cast",
    ]
)
#: Exceptions that are faults of the program, not of what people do.
FAULTS = frozenset({"TypeError", "AssertionError", "RuntimeError", "KeyError"})


def is_searched(path: str) -> bool:
    """Whether the words of a program, named from the root, are found without marks."""
    return path.startswith(FOLDERS) and not LEFT_OUT.search(path)


def phrases_of(program: str) -> list[str]:
    """Return what a program says to people, in order, each once."""
    found = dict.fromkeys(phrases(ast.parse(program), is_word=False))
    return [text for text in found if is_for_people(text)]


def is_for_people(text: str) -> bool:
    """Whether a text has words around its places, and is no query."""
    return bool(LETTERS.search(PLACE.sub("", text))) and not QUERY.search(text)


def phrases(node: ast.AST, *, is_word: bool) -> Iterator[str]:
    text = pattern_of(node)
    if text is not None:
        if is_word or SENTENCE.fullmatch(text.strip()):
            yield text.strip()
        for part in getattr(node, "values", ()):
            if isinstance(part, ast.FormattedValue):
                yield from phrases(part.value, is_word=False)
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call):
        yield from phrases_of_call(node)
        return
    inherited = is_word and isinstance(node, PASSING)
    for part in ast.iter_child_nodes(node):
        yield from phrases(part, is_word=inherited)


#: What a word may stand in and still be the word: a choice, a list, a pair.
PASSING = (ast.IfExp, ast.Tuple, ast.List, ast.Starred, ast.GeneratorExp)


def phrases_of_call(call: ast.Call) -> Iterator[str]:
    name = called(call)
    if name in FAULTS or (name in SILENT and isinstance(call.func, ast.Attribute)):
        return
    yield from phrases(call.func, is_word=False)
    for part in call.args:
        is_name = name != "word" and IDENTIFIER.fullmatch(pattern_of(part) or "")
        yield from phrases(part, is_word=name in SAYING and not is_name)
    for keyword in call.keywords:
        yield from phrases(keyword.value, is_word=keyword.arg in WORDY)


def called(call: ast.Call) -> str:
    function = call.func
    return getattr(function, "attr", getattr(function, "id", ""))


def pattern_of(node: ast.AST) -> str | None:
    """Return a text, its values as places; None where it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    names: dict[str, str] = {}
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            parts.append("{" + place_of(part.value, names) + "}")
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value))
    return "".join(parts)


def place_of(value: ast.expr, names: dict[str, str]) -> str:
    """Return a name for a value: the same for the same value, another for others."""
    source = ast.unparse(value)
    if source not in names:
        name = named(value)
        taken = set(names.values())
        count = sum(known.rstrip("0123456789") == name for known in taken)
        names[source] = f"{name}{count + 1}" if name in taken else name
    return names[source]


def named(value: ast.AST) -> str:
    """Return what a value is called where it is written."""
    if isinstance(value, ast.Name):
        return value.id.strip("_").lower() or "value"
    if isinstance(value, ast.Attribute):
        return value.attr.lower()
    if isinstance(value, ast.Subscript):
        key = value.slice
        if isinstance(key, ast.Constant) and str(key.value).isidentifier():
            return str(key.value).lower()
        return named(value.value)
    if isinstance(value, ast.Call):
        return named(value.args[-1]) if value.args else named(value.func)
    return "value"
