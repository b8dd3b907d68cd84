# shellcheck shell=bash disable=SC2034 # read by quickstart.sh, which has the functions used here
project=node-js-app
images=(nginx:alpine python:3.11-slim)

try_it() {
  section "The page, by two replicas"
  for _ in 1 2; do get "http://localhost:$WEB_PORT/"; done

  section "Names on every network, shared by the replicas"
  show topo dns

  section "A release that does not work: it is taken back, and the old one serves on"
  show env RELEASE=broken topo apply --yes || true
  get "http://localhost:$WEB_PORT/"
}
