# shellcheck shell=bash disable=SC2034 # read by quickstart.sh, which has the functions used here
project=ways-ambassador
files=(-f 5-ambassador.yml) # the fifth way; the others run like it
images=(redis:7-alpine python:3.11-slim alpine/socat:1.8.0.3)

try_it() {
  section "The page counts in redis, through the ambassador"
  for _ in 1 2; do get "http://localhost:$WEB_PORT/"; done

  section "One port, and one way"
  local proxy redis page
  proxy=$(address page-to-redis page-to-redis) redis=$(address redis-a redis-a) page=$(address page page-to-redis)
  expect yes "page connects to the ambassador ($proxy:6379)" by_python page "$proxy" 6379
  expect no "page connects to redis ($redis:6379)" by_python page "$redis" 6379
  expect no "redis connects to page ($page:8000)" by_nc redis-a "$page" 8000

  section "The link turned to the other redis: nothing is restarted"
  show env SERVER=redis-b topo plan "${files[@]}"
}
