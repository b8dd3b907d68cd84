# shellcheck shell=bash disable=SC2034 # read by quickstart.sh, which has the functions used here
images=(busybox:latest)
page=etc/hostname

try_it() {
  section "What each can open"
  local bridged gateway
  bridged=$(address bridged inside)
  gateway=$(docker network inspect --format '{{(index .IPAM.Config 0).Gateway}}' network-types_inside)
  expect yes "neighbour connects to bridged ($bridged:8000)" by_nc neighbour "$bridged" 8000
  expect yes "neighbour connects to on-host ($gateway:8002)" by_nc neighbour "$gateway" 8002
  expect yes "alone connects to itself (127.0.0.1:8000)" by_nc alone 127.0.0.1 8000
  expect no "alone connects to bridged ($bridged:8000)" by_nc alone "$bridged" 8000
  get "http://localhost:$WEB_PORT/$page"

  section "The fourth type needs a Swarm, and the plan says so"
  show topo plan -f stack.yml -f overlay.yml || true
}
