"""Everything that changes datasets, for pages, API and admin alike."""

from datasets.services.differences import compare_versions
from datasets.services.importing import (
    NAME_LENGTH,
    UNFINISHED,
    free_name,
    import_again,
    import_upload,
    require_file,
)
from datasets.services.labels import set_tags, update_dataset
from datasets.services.recipes import delete_recipe, save_recipe
from datasets.services.steps import apply_steps, try_on_sample
from datasets.services.uploads import (
    discard_upload,
    receive_upload,
    remove_after_commit,
    sniff_file,
)
from datasets.services.versions import (
    cancel_version,
    history_of,
    locked,
    require_ready,
    restore_version,
)

__all__ = [
    "NAME_LENGTH",
    "UNFINISHED",
    "apply_steps",
    "cancel_version",
    "compare_versions",
    "delete_recipe",
    "discard_upload",
    "free_name",
    "history_of",
    "import_again",
    "import_upload",
    "locked",
    "receive_upload",
    "remove_after_commit",
    "require_file",
    "require_ready",
    "restore_version",
    "save_recipe",
    "set_tags",
    "sniff_file",
    "try_on_sample",
    "update_dataset",
]
