"""Pages about a project's members."""

from projects.views.projects import detail

index = add = change_role = remove = detail
