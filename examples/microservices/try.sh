# shellcheck shell=bash disable=SC2034 # read by quickstart.sh, which has the functions used here
images=(nginx:alpine postgres:15-alpine redis:7-alpine python:3.11-slim)

try_it() {
  section "Visits, by three replicas in turn, counted in redis and in PostgreSQL"
  for _ in 1 2 3 4; do get "http://localhost:$WEB_PORT/"; done
  get "http://localhost:$WEB_PORT/counts"

  section "redis dies, and forgets; the service goes on, and redis is told where the counter stood"
  docker exec "$(container redis)" redis-cli shutdown nosave || true
  for _ in 1 2 3; do get "http://localhost:$WEB_PORT/" && sleep 1; done

  section "What is wrong with the file as it is mostly found"
  show topo check -f as-found.yml || true
  show topo check -f as-found.yml -f one-nginx.yml || true
}
