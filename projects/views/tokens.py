"""Pages about a person's API tokens."""

from projects.views.projects import index as index
from projects.views.projects import index as end
