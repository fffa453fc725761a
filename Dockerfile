# One image for web and workers; docker-compose.yml shows how they stand together.
# `docker build .` makes the one for processors, `docker build --target cuda .` the one
# for GPUs of NVIDIA, which is gigabytes larger.
FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATAMINE_HOME=/data UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /app
# Models are exported into git repositories, large files by Git LFS.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git git-lfs \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --create-home datamine \
 && install --directory --owner datamine /data /data/files /data/files/artifacts
COPY requirements.txt constraints.txt ./
COPY datamine/installation.py datamine/

FROM base AS packages-cpu
RUN --mount=type=cache,target=/root/.cache python datamine/installation.py requirements.txt

FROM base AS packages-cuda
ENV DATAMINE_CUDA=1
RUN --mount=type=cache,target=/root/.cache python datamine/installation.py requirements.txt

# Scripts and styles are built once; the keys are needed to load the settings, not kept.
FROM packages-cpu AS built
COPY . .
RUN export DATAMINE_HOME=/tmp/build DATAMINE_SECRET_KEY=build DATAMINE_ARTIFACT_KEY=build \
 && python manage.py chart_script \
 && python datamine/catalogues.py \
 && python manage.py collectstatic --no-input --verbosity 0 --ignore redoc \
 && python -m compileall -q . \
 && mv /tmp/build/static /app/collected

FROM packages-cuda AS cuda
COPY --from=built /app /app
USER datamine
VOLUME /data
EXPOSE 8000
CMD ["sh", "serve.sh"]

FROM packages-cpu AS cpu
COPY --from=built /app /app
USER datamine
VOLUME /data
EXPOSE 8000
CMD ["sh", "serve.sh"]
