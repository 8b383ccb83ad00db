# One image for web, worker and beat: compose.yaml says which command each runs.
FROM python:3.13-slim AS python
WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements-uv.lock \
 && uv venv /venv \
 && uv pip sync --no-cache --require-hashes --only-binary :all: --compile-bytecode \
    --python /venv/bin/python requirements.lock

FROM node:22-slim AS front
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python AS built
COPY . .
COPY --from=front /app/node_modules node_modules
# The demonstration's settings are enough to copy, compile and name files; no secret enters the image.
RUN /venv/bin/python -m config.vendor \
 && /venv/bin/python manage.py compile_messages \
 && /venv/bin/python manage.py collectstatic --noinput \
 && mkdir -p var/media var/beat \
 && rm -rf node_modules tests benchmarks

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home passerelle
COPY --from=built /venv /venv
COPY --from=built --chown=passerelle /app /app
WORKDIR /app
USER passerelle
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PASSERELLE_ENV=production HOST=0.0.0.0 PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["sh", "-c", "exec granian --interface wsgi --host $HOST --port $PORT --workers ${WEB_WORKERS:-2} --blocking-threads ${WEB_THREADS:-4} --workers-kill-timeout 10 --no-ws --log-level warning config.wsgi:application"]
