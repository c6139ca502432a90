"""The company of the chaos, run by `manage.py shell`: one log-in per role, one customer, one product. Prints what the
forms need to know of it."""

import json
import os

from tests.shop import Shop

shop = Shop("B")
for role, person in shop.who.items():
    person.username = role
    person.set_password(os.environ["DEMO_PASSWORD"])
    person.must_change_password = False
    person.save()
shop.customer.code, shop.customer.credit_limit = "K-B", 100_000_000
shop.customer.save()
facts = {"product": shop.product.code, "contact": shop.contact.pk, "address": shop.address.pk}
print("FACTS " + json.dumps(facts))  # noqa: T201
