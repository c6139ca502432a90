"""Compare every balance, of finished goods and of raw material, with the sum of its moves, and what is reserved of it
with the ledgers of those it is promised to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stock import promises, queries
from stock.materials import queries as materials


class Command(BaseCommand):
    help = "核对每个托盘、每批原材料的库存与其变动合计、预留与订单台账；不符则列出并以错误结束。"

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = queries.wrong_balances()
        wrong_lots = materials.wrong_balances()
        for pk, number, on_hand, reserved, moved_on_hand, moved_reserved in wrong:
            self.stdout.write(
                f"托盘 {number} (id {pk})：库存 {on_hand}，变动合计 {moved_on_hand}；"
                f"预留 {reserved}，变动合计 {moved_reserved}"
            )
        for pk, number, on_hand, reserved, moved_on_hand, moved_reserved in wrong_lots:
            self.stdout.write(
                f"原材料批次 {number} (id {pk})：库存 {on_hand}，变动合计 {moved_on_hand}；"
                f"预留 {reserved}，变动合计 {moved_reserved}"
            )
        unpromised = promises.wrong()
        for ledger, number, reserved, promised in unpromised:
            self.stdout.write(f"{ledger} {number}：预留 {reserved}，台账合计 {promised}")
        if wrong or wrong_lots or unpromised:
            raise CommandError(
                f"{len(wrong)} 个托盘、{len(wrong_lots)} 批原材料的库存与变动不符，{len(unpromised)} 项预留与台账不符"
            )
        self.stdout.write("库存与变动、预留与台账相符")
