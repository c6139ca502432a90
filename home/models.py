"""How far the demo company has come in; the one table of the home page."""

from django.db import models


class DemoLoad(models.Model):
    """A load of the demo company. `facts` is what its founding cannot be asked again; the rest moves with each step."""

    seed = models.IntegerField()
    count = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    facts = models.JSONField()
    # Steps carried out, the order of each story begun, and the stories that somebody else has taken over.
    done = models.PositiveIntegerField(default=0)
    orders = models.JSONField(default=dict)
    left = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "演示公司装入"
        verbose_name_plural = "演示公司装入"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d} {self.done}"
