"""Everything that changes the registry, for pages, API and admin alike."""

from registry.services.batches import cancel_batch, start_batch
from registry.services.performance import cancel_measuring, start_measuring
from registry.services.records import (
    give_outcome,
    give_outcomes,
    keep_records,
    newest_signature,
    target_of,
)
from registry.services.requests import (
    approve_request,
    decline_request,
    request_activation,
)
from registry.services.retraining import (
    LEAST_RECORDS,
    advance_retrainings,
    cancel_retraining,
    default_parameters,
    pattern_of,
    retrain_from_records,
    retrain_from_version,
    retrained_draft,
    train_as,
)
from registry.services.versions import (
    activate_version,
    delete_model,
    delete_version,
    describe_model,
    describe_version,
    promote_version,
    register_version,
    roll_back,
    version_before,
)

__all__ = [
    "LEAST_RECORDS",
    "activate_version",
    "advance_retrainings",
    "approve_request",
    "cancel_batch",
    "cancel_measuring",
    "cancel_retraining",
    "decline_request",
    "default_parameters",
    "delete_model",
    "delete_version",
    "describe_model",
    "describe_version",
    "give_outcome",
    "give_outcomes",
    "keep_records",
    "newest_signature",
    "pattern_of",
    "promote_version",
    "register_version",
    "request_activation",
    "retrain_from_records",
    "retrain_from_version",
    "retrained_draft",
    "roll_back",
    "start_batch",
    "start_measuring",
    "target_of",
    "train_as",
    "version_before",
]
