"""What is written down while the site runs."""

from datamine import env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "context": {"()": "datamine.logs.Context"},
        "named": {"()": "datamine.logs.Named"},
    },
    "formatters": {
        "line": {
            "()": "datamine.logs.Line",
            "fmt": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{asctime}{levelname}{name}{message}{request}{job}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.LOG_FORMAT,
            "filters": ["context", "named"],
        }
    },
    "root": {"handlers": ["console"], "level": env.LOG_LEVEL},
}
