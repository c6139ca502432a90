#!/bin/sh
# Run once by the postgres image in a new database: the two roles, with the passwords of the environment.
set -eu
psql -X -q -v ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" \
    --file=/docker-entrypoint-initdb.d/roles/roles.sql
