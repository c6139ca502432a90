"""Saving a record inside an action: what its fields and constraints refuse becomes a `Refused` with a field."""

from typing import TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from audit.errors import Refused

Record = TypeVar("Record", bound=models.Model)


def save(record: Record) -> Record:
    """Validate `record` as the database will, then save it; so that no rule is left to a form.

    Raises Refused in Chinese. A constraint names the field it belongs to by its `violation_error_code`.
    """
    try:
        record.full_clean()
    except ValidationError as error:
        raise as_refusal(record, error) from error
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        # Another one was saved since the validation: look again, now it is seen.
        raise refusal_of_race(record) from error
    return record


def as_refusal(record: models.Model, error: ValidationError) -> Refused:
    names = {field.name for field in record._meta.fields}
    found: dict[str, list[str]] = {}
    for name, errors in error.error_dict.items():
        for one in errors:
            field = one.code if name == NON_FIELD_ERRORS and one.code in names else name
            found.setdefault(str(field), []).extend(one.messages)
    if len(found) == 1:
        field, messages = next(iter(found.items()))
        return Refused("；".join(messages), field=None if field == NON_FIELD_ERRORS else field)
    return Refused("；".join(labelled(record, name, messages) for name, messages in found.items()))


def labelled(record: models.Model, name: str, messages: list[str]) -> str:
    text = "；".join(messages)
    return text if name == NON_FIELD_ERRORS else f"{record._meta.get_field(name).verbose_name}：{text}"


def refusal_of_race(record: models.Model) -> Refused:
    try:
        record.validate_unique()
        record.validate_constraints()
    except ValidationError as error:
        return as_refusal(record, error)
    return Refused("与刚刚保存的另一条记录冲突，请刷新后再试。")
