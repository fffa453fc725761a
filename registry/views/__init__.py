"""Pages of the registry."""

from registry.views.models import (
    activate,
    delete,
    delete_one_version,
    detail,
    model_list,
    register,
    rollback,
)
from registry.views.predicting import predict, predict_file

__all__ = [
    "activate",
    "delete",
    "delete_one_version",
    "detail",
    "model_list",
    "predict",
    "predict_file",
    "register",
    "rollback",
]
