"""Django's settings; what an operator may change is read in `datamine.env`."""

# Django takes every name in capitals: a list of them here would one day lack one.
from datamine.settings.administration import *  # noqa: F403
from datamine.settings.api import *  # noqa: F403
from datamine.settings.languages import *  # noqa: F403
from datamine.settings.logs import *  # noqa: F403
from datamine.settings.mail import *  # noqa: F403
from datamine.settings.people import *  # noqa: F403
from datamine.settings.site import *  # noqa: F403
from datamine.settings.storage import *  # noqa: F403
from datamine.settings.web import *  # noqa: F403
from datamine.settings.work import *  # noqa: F403
