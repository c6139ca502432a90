"""The program's settings as they are in production, with the bench's own addresses and its meter beside them."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as PROGRAM
from config.settings import MIDDLEWARE as OF_PROGRAM

INSTALLED_APPS = [*PROGRAM]
ROOT_URLCONF = "bench.urls"
# Silent unless asked by a header, which the timed requests do not send.
MIDDLEWARE = ["bench.meter.meter", *OF_PROGRAM]
