"""Saving a record inside an action: what its fields and constraints refuse comes back as `Invalid`, field by field."""

from typing import TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from audit.errors import Refused

Record = TypeVar("Record", bound=models.Model)


class Invalid(Refused):
    """Something filled in cannot be so; `errors` are messages by field name, "" for the record as a whole."""

    status = 422

    def __init__(self, errors: dict[str, list[str]], labels: dict[str, str]) -> None:
        parts = [labels.get(name, "") + "；".join(messages) for name, messages in errors.items()]
        super().__init__("；".join(parts), field=next(iter(errors), "") or None)
        self.errors = errors


def save(record: Record) -> Record:
    """Validate `record` as the database will, then save it; so that no rule is left to a form.

    Raises Invalid. A constraint names the field it belongs to by its `violation_error_code`.
    """
    try:
        record.full_clean()
    except ValidationError as error:
        raise as_invalid(record, error) from error
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise lost_race(record) from error
    return record


def as_invalid(record: models.Model, error: ValidationError) -> Invalid:
    labels = {field.name: f"{field.verbose_name}：" for field in record._meta.fields}
    found: dict[str, list[str]] = {}
    for name, errors in error.error_dict.items():
        for one in errors:
            belongs_to = one.code if name == NON_FIELD_ERRORS and one.code in labels else name
            found.setdefault("" if belongs_to == NON_FIELD_ERRORS else str(belongs_to), []).extend(one.messages)
    return Invalid(found, labels)


def lost_race(record: models.Model) -> Refused:
    """Another one was saved between validation and saving; now it is seen."""
    try:
        record.validate_unique()
        record.validate_constraints()
    except ValidationError as error:
        return as_invalid(record, error)
    return Refused("与刚刚保存的另一条记录冲突，请刷新后再试。")
