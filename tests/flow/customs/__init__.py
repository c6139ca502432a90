"""A throw-away department, as docs/recipes.md adds one: 报关 of export orders. No file of `orders` or `home` knows it.

It stands in one folder as every department does. What a real one has beside it: its row in INSTALLED_APPS, in
config/urls.py, in accounts/permissions.py, in the import contract and in the navigation; the tests put these in place.
"""
