"""The staff's door to people and projects, and what every app's admin stands on."""

from projects.admin.activities import ActivityAdmin
from projects.admin.members import InvitationAdmin, MembershipAdmin
from projects.admin.people import GroupAdmin, UserAdmin
from projects.admin.projects import ProjectAdmin
from projects.admin.refusing import RefusingAdmin
from projects.admin.scoped import ProjectScopedAdmin, ReadOnlyAdmin, WholeAdmin
from projects.admin.tokens import ApiTokenAdmin
from projects.admin.trying import try_for_each
from projects.admin.webhooks import DeliveryAdmin, WebhookAdmin

__all__ = [
    "ActivityAdmin",
    "ApiTokenAdmin",
    "DeliveryAdmin",
    "GroupAdmin",
    "InvitationAdmin",
    "MembershipAdmin",
    "ProjectAdmin",
    "ProjectScopedAdmin",
    "ReadOnlyAdmin",
    "RefusingAdmin",
    "UserAdmin",
    "WebhookAdmin",
    "WholeAdmin",
    "try_for_each",
]
