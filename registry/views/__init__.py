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
from registry.views.records import outcome, outcomes, records, records_csv
from registry.views.retraining import cancel, retrain, retraining

__all__ = [
    "activate",
    "cancel",
    "delete",
    "delete_one_version",
    "detail",
    "model_list",
    "outcome",
    "outcomes",
    "predict",
    "predict_file",
    "records",
    "records_csv",
    "register",
    "retrain",
    "retraining",
    "rollback",
]
