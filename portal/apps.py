from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "客户页面"

    def ready(self) -> None:
        from orders import customer_page
        from portal.actions import links
        from portal.department import PORTAL

        PORTAL.open()
        customer_page.register(customer_page.Page(links.address, links.standing_address))
