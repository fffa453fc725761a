"""What models, their fields and the administration's frame are called in any language.

Django takes a field's name from its attribute, and what it writes into a migration from
what is given by hand. Names are marked here instead, and put in their places once all
models are loaded: no migration holds them, and no field says its name twice.
"""

from datamine.names.translating import models, translate_names

__all__ = [
    "models",
    "translate_names",
]
