"""For whom a file or a paper is: said when it is stored, kept on its row, judged in `documents.access` alone (B7)."""

from django.db.models import TextChoices

# Beside the field of a file that every department may open.
OPEN_TO_ALL = "各部门都能打开，请勿附含价格的文件"


class Audience(TextChoices):
    """Among those who see what it hangs on. What nobody has thought about is for those who see prices."""

    PRICES = "prices", "可见价格的岗位"
    PLAIN = "plain", "各部门"
