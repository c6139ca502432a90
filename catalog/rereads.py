"""Asking that open orders be judged anew: a change here may open or close their gates (design, idea 1).

`orders` answers the channel, order by order under its own locks; a released order keeps its terms whatever comes.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from audit.frame import Act
from documents.outbox import Post, post_many

CHANNEL = "owed_reread"


def queue_reread(act: Act, what: str, which: Iterable[Any]) -> None:
    """Note one re-read for each of `which`: `queue_reread(act, "customer", [customer.pk])`."""
    event = uuid.uuid4().hex
    post_many(Post(CHANNEL, f"{act.code}:{what}:{one}:{event}", {what: one}) for one in which)
