"""Words of installed packages that have no catalogue in our languages."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

BORROWED = (
    _("Queue"),
    _("Axes"),
    _("MFA"),
    _("authenticator"),
    _("authenticators"),
    _("Successful task"),
    _("Successful tasks"),
    _("Failed task"),
    _("Failed tasks"),
    _("Queued task"),
    _("Queued tasks"),
    _("access attempt"),
    _("access attempts"),
    _("access log"),
    _("access logs"),
    _("access failure"),
    _("access failures"),
    _("All applications"),
    _("Apply Filters"),
    _("Cancel"),
    _("Choose file to upload"),
    _("Date from"),
    _("Date to"),
    _("Filters"),
    _("General"),
    _("Go back"),
    _("Loading more results..."),
    _("More actions"),
    _("Next"),
    _("No data"),
    _("No recent searches"),
    _("No results found"),
    _("No results matching your query"),
    _("Previous"),
    _("Recent searches"),
    _("Reset filters"),
    _("Return to site"),
    _("Run"),
    _("Search apps and models..."),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("Submit"),
    _("System"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("Type to search"),
    _("Value"),
    _("Welcome"),
    _("True"),
    _("False"),
    _(
        "Are you sure you want to delete the selected %(objects_name)s? All of "
        "the following objects and their related items will be deleted:"
    ),
    _(
        "Are you sure you want to delete the %(object_name)s "
        '"%(escaped_object)s"? All of the following related items will be '
        "deleted:"
    ),
    _(
        "Raw passwords are not stored, so there is no way to see this "
        "user’s password, but you can change the password using "
        '<a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
    ),
    _("Select all %(total_count)s %(module_name)s"),
    _("By %(filter_title)s"),
)
