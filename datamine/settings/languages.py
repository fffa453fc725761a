"""Words, numbers and times."""

from datamine.env import BASE_DIR

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# A number that a template writes as it is goes into attributes and drawings; numbers
# for people pass the filters of `display`.
FORMAT_MODULE_PATH = ["datamine.formats"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
