"""Column types of ours."""

from typing import Any

from django.db import models


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # not subscriptable when run
    """Text encrypted by ``core.sealed.seal``; read it with ``core.sealed.unseal``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)
