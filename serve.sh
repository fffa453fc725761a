#!/bin/sh
# What the image does unless told otherwise: answer pages. The collected files are
# linked in at the start, for the home folder may be a fresh volume.
set -eu
ln -sfn "$(pwd)/collected" "$DATAMINE_HOME/static"
exec gunicorn --config python:datamine.server --bind "${1:-0.0.0.0:8000}"
