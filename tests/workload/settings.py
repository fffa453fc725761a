"""The site's settings, with work that tests can choose instead of the apps' own."""

from datamine.settings import *  # noqa: F403 -- all of them, and one app more
from datamine.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.workload.apps.WorkloadConfig"]
