from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = "订单"

    def ready(self) -> None:
        from orders import (  # noqa: F401 (subjects register themselves)
            archiving,
            bolts,
            books,
            duties,
            filing,
            gates,
            notices,
            offers,
            papers,
            sendings,
            subjects,
        )
        from orders.actions import quoting
        from orders.reservations import register as compare_promises

        bolts.register()
        filing.register(filing.of_the_bargain, filing.of_the_order)
        gates.register()
        duties.register()
        archiving.register()
        papers.register()
        offers.register()
        sendings.show()
        notices.register()
        quoting.register()
        compare_promises()
        books.register()
