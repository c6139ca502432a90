from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "客户页面"

    def ready(self) -> None:
        from orders import customer_page
        from orders import notices as orders_notices
        from portal import duties, notices, panels
        from portal.actions import links

        customer_page.register(customer_page.Page(links.address, links.standing_address))
        orders_notices.register(notices.TELLS)
        duties.register()
        panels.register()
