"""Work in the background."""

from datamine import env

LIMITS = env.LIMITS
SEARCH_CLUSTER = env.SEARCH_CLUSTER
ENGINE = env.ENGINE

# The queue only rings; what is to be done stands in the rows. `retry` must exceed the
# longest run, or a task starts a second time beside the first.
Q_CLUSTER = {
    "name": "fast",
    "orm": "default",
    "workers": env.FAST_WORKERS,
    "timeout": env.LIMITS.import_seconds + 60,
    "retry": env.LIMITS.import_seconds + 120,
    "queue_limit": 1,
    "poll": 0.1,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": 200,
    "catch_up": False,
    "label": "Queue",
    "broker_class": "datamine.work.broker.GatedBroker",
    "ALT_CLUSTERS": {
        "train": {
            "workers": env.TRAIN_WORKERS,
            "timeout": env.LIMITS.training_seconds + 60,
            "retry": env.LIMITS.training_seconds + 120,
        }
    },
}
