from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site itself: commands, template tags, checks, and which workers live."""

    name = "datamine"
    label = "site"

    def ready(self) -> None:
        from datamine import checks  # noqa: F401, PLC0415 -- app ready
