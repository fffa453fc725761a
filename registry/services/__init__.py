"""Everything that changes the registry, for pages, API and admin alike."""

from registry.services.versions import (
    activate_version,
    delete_model,
    delete_version,
    describe_model,
    register_version,
    roll_back,
    version_before,
)

__all__ = [
    "activate_version",
    "delete_model",
    "delete_version",
    "describe_model",
    "register_version",
    "roll_back",
    "version_before",
]
