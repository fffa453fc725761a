from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")


class ProjectStatus(TextChoices):
    ACTIVE = "active", _("Active")
    ARCHIVED = "archived", _("Archived")


class Language(TextChoices):
    AUTO = "", _("As the browser asks")
    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"
    SPANISH = "es", "Español"


class Theme(TextChoices):
    AUTO = "auto", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Scope(TextChoices):
    READ = "read", _("Read: look and predict")
    WRITE = "write", _("Write: also upload, prepare, train and register")
    ADMIN = "admin", _("Everything you may do yourself")


class WebhookEvent(TextChoices):
    SESSION_ENDED = "session.ended", _("A session has ended")
    VERSION_ACTIVATED = "version.activated", _("Another version serves")
    PING = "ping", _("A test")


class NoticeEvent(TextChoices):
    SESSION_ENDED = "session.ended", _("A session has ended")


class DeliveryStatus(TextChoices):
    PENDING = "pending", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")
