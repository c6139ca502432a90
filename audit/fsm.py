"""django-fsm without its unsafe refresh: its mixin unprotects the field for the whole process while it reloads."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django_fsm import FSMFieldMixin


class SafeRefresh(models.Model):
    """`refresh_from_db` that reloads protected state fields of this instance alone."""

    class Meta:
        abstract = True

    def refresh_from_db(
        self, using: Any = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        wanted = None if fields is None else set(fields)
        protected = [
            f.attname
            for f in self._meta.concrete_fields
            if isinstance(f, FSMFieldMixin) and f.protected and (wanted is None or f.attname in wanted)
        ]
        # A protected field may be set once it is not there; what is not there Django takes for deferred.
        kept = {name: self.__dict__.pop(name) for name in protected if name in self.__dict__}
        self.__dict__["_reloading"] = kept.keys()
        try:
            super().refresh_from_db(using=using, fields=wanted, from_queryset=from_queryset)
        finally:
            del self.__dict__["_reloading"]
            for name, value in kept.items():
                self.__dict__.setdefault(name, value)

    def get_deferred_fields(self) -> set[str]:
        return super().get_deferred_fields() - set(self.__dict__.get("_reloading", ()))
