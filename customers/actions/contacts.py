"""People and delivery addresses of a customer."""

from typing import Any

from accounts.records import save
from audit.frame import Act, action
from catalog.actions import put
from customers.frame import PartAction
from customers.models import Address, Contact, Customer

CONTACT_FACTS = {"name", "post", "mobile", "phone", "email", "may_sign", "is_active"}
ADDRESS_FACTS = {"receiver", "phone", "address", "is_default", "is_active"}


@action("change_contact", frame=PartAction, system=True)
def change_contact(act: Act, customer: Customer, *, part: Contact | None = None, **facts: Any) -> Contact:
    """Add a contact or change one (`part`). Only with 授权签单 does a contact sign for the customer (R15)."""
    contact = part or Contact(customer=customer)
    changed = put(contact, facts, CONTACT_FACTS)
    contact.version += 1 if part else 0
    save(contact)
    act.record(customer, changed=changed, named=contact.name)
    return contact


@action("change_address", frame=PartAction, system=True)
def change_address(act: Act, customer: Customer, *, part: Address | None = None, **facts: Any) -> Address:
    """Add a delivery address or change one (`part`); a new default takes the place of the old one."""
    address = part or Address(customer=customer)
    changed = put(address, facts, ADDRESS_FACTS)
    address.version += 1 if part else 0
    if not part and not customer.addresses.filter(is_active=True).exists():
        address.is_default = True
    if address.is_default and address.is_active:
        undefault(customer, address)
    save(address)
    act.record(customer, changed=changed, named=address.receiver)
    return address


def undefault(customer: Customer, address: Address) -> None:
    for other in customer.addresses.filter(is_default=True).exclude(pk=address.pk):
        other.is_default = False
        other.version += 1
        other.save()


def add_contact(customer: Customer, **given: Any) -> Contact:
    return change_contact(customer, **given)


def add_address(customer: Customer, **given: Any) -> Address:
    return change_address(customer, **given)
