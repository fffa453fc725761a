from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site itself: an app only for its commands, templates tags and checks."""

    name = "datamine"
    label = "site"
