"""Why an action did not happen. Each carries a Chinese message that says what is so, then what to do."""

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """The action is not done and nothing was written. `field` names the form field that the message belongs to."""

    status = 409

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Forbidden(Refused):
    """The person may not do this."""

    status = 403


class Blocked(Refused):
    """Gates are not open; `unmet` are the gates with who owes them."""

    def __init__(self, unmet: Sequence[Any]) -> None:
        super().__init__("；".join(gate.message for gate in unmet))
        self.unmet = unmet


class Stale(Refused):
    """The page was older than the record. `differences` are (label, theirs, now)."""

    def __init__(self, message: str, differences: Sequence[tuple[str, Any, Any]] = ()) -> None:
        super().__init__(message)
        self.differences = differences


class Busy(Refused):
    """The database could not do it now (deadlock, lock timeout, restart), also after trying again."""

    status = 503


class AlreadyDone(Exception):
    """The same form was sent before; `url` is where its result stands."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class KeyReused(Refused):
    """The same form key came with other contents; `url` is what the first one made."""

    def __init__(self, url: str) -> None:
        super().__init__("这张表单已经提交过，内容却不相同。请查看已提交的结果，或把现在填的内容作为新表单再提交。")
        self.url = url
