"""Numbers as programs read them; `datamine.templatetags.display` writes for people."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ""
NUMBER_GROUPING = 0
