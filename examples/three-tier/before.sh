#!/bin/bash
# The same three as they were run before there were networks of one's own: on the default bridge, with legacy links.
# README.md tells how they are moved to networks without losing the database's volume.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

docker build --quiet --tag counter-web web
docker run --detach --name db --env POSTGRES_USER=counter --env POSTGRES_PASSWORD=for-trying-out-only \
  --volume counter-data:/var/lib/postgresql/data postgres:15-alpine
until docker exec db pg_isready --quiet --host=127.0.0.1 --username=counter; do sleep 0.5; done
docker run --detach --name flaskapp --link db:database \
  --env DATABASE_URL=postgresql://counter:for-trying-out-only@database/counter counter-web
docker run --detach --name nginx --link flaskapp --publish "${WEB_PORT:-8080}:80" \
  --volume "$PWD/nginx.conf:/etc/nginx/conf.d/default.conf:ro" nginx:alpine
