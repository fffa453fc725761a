"""How many categories of a column algorithms tell apart."""

from __future__ import annotations

#: Rarer categories than these many are not told apart. Boosting sorts codes into at
#: most 255 bins, one of them for what is missing.
CATEGORY_LIMITS = {"onehot": 100, "native": 254}
