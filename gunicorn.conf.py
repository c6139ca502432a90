"""Read by gunicorn from the folder it starts in. Whom to believe is decided in accounts/addresses.py alone: gunicorn
itself would take `X-Forwarded-Proto` and `SCRIPT_NAME` from everybody on this machine."""

forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
