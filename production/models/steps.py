"""The steps by which paper and labels are converted."""

from django.db import models


class Step(models.TextChoices):
    PRINTING = "printing", "印刷"
    COATING = "coating", "涂布"
    SLITTING = "slitting", "分切复卷"
    DIE_CUTTING = "die_cutting", "模切"
    PACKING = "packing", "包装"
