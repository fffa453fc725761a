from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """The site itself: commands, template tags, checks, and which workers live."""

    name = "datamine"
    verbose_name = _("Site")
    label = "site"

    def ready(self) -> None:
        from datamine import checks  # noqa: F401, PLC0415 -- app ready
        from datamine.threads import carry_by_thread  # noqa: PLC0415 -- app ready

        carry_by_thread()
