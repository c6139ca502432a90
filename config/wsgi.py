import os

from django.core.wsgi import get_wsgi_application

from config import waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
waiting.bound_all()
application = get_wsgi_application()
