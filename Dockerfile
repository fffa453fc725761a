# One image for web and workers; docker-compose.yml shows how they stand together.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATAMINE_HOME=/data UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /app

COPY requirements.txt constraints.txt ./
COPY datamine/installation.py datamine/
RUN --mount=type=cache,target=/root/.cache python datamine/installation.py requirements.txt

COPY . .
# Scripts and styles are built once; the keys are needed to load the settings, not kept.
RUN export DATAMINE_HOME=/tmp/build DATAMINE_SECRET_KEY=build DATAMINE_ARTIFACT_KEY=build \
 && python manage.py chart_script \
 && python datamine/catalogues.py \
 && python manage.py collectstatic --no-input --verbosity 0 --ignore redoc \
 && useradd --uid 1000 --create-home datamine \
 && install --directory --owner datamine /data \
 && mv /tmp/build/static /app/collected && rm -rf /tmp/build

USER datamine
VOLUME /data
EXPOSE 8000
# The collected files are linked in at the start: /data may be a fresh volume.
CMD ["sh", "-c", "ln -sfn /app/collected /data/static && exec gunicorn --config python:datamine.server --bind 0.0.0.0:8000"]
