import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from accounts.models import User
from accounts.roles import ROLES
from customers.models import Customer
from home.demo import loading, progress
from home.models import DemoLoad
from orders.models import Order, State


class Command(BaseCommand):
    help = "装入演示公司：人员、产品、价格、客户、库存和各种状态的订单；中断后再次执行即接着装；密码取自 DEMO_PASSWORD"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="同一种子、同一天得到同样的数据")
        parser.add_argument("--orders", type=int, default=84, help="订单数，默认 84；25 张即含每一种状态")
        parser.add_argument("--again", action="store_true", help="数据库中已有用户也装入")
        parser.add_argument("--founding", action="store_true", help="只装入人员、产品、价格与客户，订单留待下次")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["founding"] and loading.unfinished():
            progress.note(0)
            return
        with loading.alone(self.stdout.write) as waited:
            if not (waited and loading.finished()):
                self.load(options)

    def load(self, options: dict[str, Any]) -> None:
        load = loading.unfinished() or self.begin(options)
        if options["founding"]:
            progress.note(0)
            return
        loading.go_on(load, say=self.stdout.write)
        self.report()

    def begin(self, options: dict[str, Any]) -> DemoLoad:
        password = os.environ.get("DEMO_PASSWORD", "")
        if not password:
            raise CommandError("请用环境变量 DEMO_PASSWORD 设置演示用户的密码")
        if User.objects.exists() and not options["again"]:
            raise CommandError(
                "数据库中已有用户，没有装入演示公司；确实要装入请加 --again（与角色同名的用户将成为演示用户）"
            )
        if Customer.objects.exists():
            raise CommandError("数据库中已有客户资料，演示公司只能装入一次；要从头再装，请用 DATA_DIR 另设数据目录")
        if options["orders"] < 0:
            raise CommandError("订单数不能为负")
        load = loading.begin(password, seed=options["seed"], count=options["orders"])
        self.stdout.write(f"演示公司的人员、产品与客户已装入，客户 {Customer.objects.count()} 家；开始下单……")
        return load

    def report(self) -> None:
        counts = dict(Order.objects.order_by().values_list("state").annotate(Count("pk")))
        said = "，".join(f"{State(state).label} {counts[state]}" for state in State if state in counts)
        self.stdout.write(f"演示公司已装入：订单 {sum(counts.values())} 张（{said}）")
        self.stdout.write(f"登录名即角色：{' '.join(ROLES)}")
