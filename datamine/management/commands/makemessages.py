"""Collects the words to translate, as `datamine.phrases` finds them, too."""

from __future__ import annotations

from pathlib import Path

from django.core.management.commands import makemessages

from datamine.phrases import is_searched, phrases_of


class BuildFile(makemessages.BuildFile):
    """A file on its way to xgettext; what it says is marked before."""

    @property
    def says(self) -> bool:
        path = Path(self.path).as_posix().removeprefix("./")
        return path.endswith(".py") and is_searched(path)

    @property
    def is_templatized(self) -> bool:
        return self.says or super().is_templatized

    def preprocess(self) -> None:
        if not self.says:
            super().preprocess()
            return
        program = Path(self.path).read_text()
        marks = [f"gettext_noop({phrase!r})" for phrase in phrases_of(program)]
        Path(self.work_path).write_text("\n".join([program, *marks]))


class Command(makemessages.Command):
    build_file_class = BuildFile
    #: A guess from words that are alike takes minutes and misleads.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
