"""Saving a record inside an action: what its fields and constraints refuse comes back as `Invalid`, field by field."""

from typing import TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from audit import history
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
    """Save `record` if it may be so; no rule is left to a form.

    Its fields are looked at here, its constraints by the database as it is written. Only what is refused is validated
    as a whole, for the words. Raises Invalid. A constraint names the field it belongs to by its `violation_error_code`.
    """
    try:
        record.clean_fields(exclude=at_hand(record))
        record.clean()
        with transaction.atomic():
            record.save()
    except (ValidationError, IntegrityError) as error:
        raise refusal(record) from error
    return record


def add(records: list[Record]) -> list[Record]:
    """Save new records of one kind at once, as `save` would; where one is refused, one by one, for its words."""
    try:
        for record in records:
            record.clean_fields(exclude=at_hand(record))
            record.clean()
        with transaction.atomic():
            made = type(records[0])._default_manager.bulk_create(records) if records else []
            if made and hasattr(records[0]._meta, "simple_history_manager_attribute"):
                history.write(made, created=True)
            return made
    except (ValidationError, IntegrityError):
        return [save(record) for record in records]


def at_hand(record: models.Model) -> set[str]:
    """What `record` points at and was read already: only the database looks again, as the record is written."""
    known = record._state.fields_cache
    return {
        field.name
        for field in record._meta.concrete_fields
        if field.is_relation and getattr(known.get(field.name), "pk", None) is not None
    }


def refusal(record: models.Model) -> Refused:
    try:
        record.full_clean()
    except ValidationError as error:
        return as_invalid(record, error)
    # Another one was saved in between, and is gone again.
    return Refused("与刚刚保存的另一条记录冲突，请刷新后再试。")


def as_invalid(record: models.Model, error: ValidationError) -> Invalid:
    labels = {field.name: f"{field.verbose_name}：" for field in record._meta.fields}
    found: dict[str, list[str]] = {}
    for name, errors in error.error_dict.items():
        for one in errors:
            belongs_to = one.code if name == NON_FIELD_ERRORS and one.code in labels else name
            found.setdefault("" if belongs_to == NON_FIELD_ERRORS else str(belongs_to), []).extend(one.messages)
    return Invalid(found, labels)
