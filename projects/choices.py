from django.db.models import TextChoices


class Role(TextChoices):
    OWNER = "owner", "Owner"
    EDITOR = "editor", "Editor"
    VIEWER = "viewer", "Viewer"


class ProjectStatus(TextChoices):
    ACTIVE = "active", "Active"
    ARCHIVED = "archived", "Archived"


class Theme(TextChoices):
    AUTO = "auto", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Scope(TextChoices):
    READ = "read", "Read: look and predict"
    WRITE = "write", "Write: also upload, prepare, train and register"
    ADMIN = "admin", "Everything you may do yourself"


class WebhookEvent(TextChoices):
    SESSION_ENDED = "session.ended", "A session has ended"
    VERSION_ACTIVATED = "version.activated", "Another version serves"
    PING = "ping", "A test"


class NoticeEvent(TextChoices):
    SESSION_ENDED = "session.ended", "A session has ended"


class DeliveryStatus(TextChoices):
    PENDING = "pending", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"
