# shellcheck shell=bash disable=SC2034 # read by quickstart.sh, which has the functions used here
project=ways-ambassador
files=(-f 5-ambassador.yml) # the fifth way, which stays; the others have their turn at the end
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

  section "The other four ways, each in its turn"
  local way
  for way in 1-published 2-names 3-interface 4-links; do
    export WEB_PORT=$((WEB_PORT + 1)) # the ambassador's page has the other
    show topo apply --yes --quiet -f $way.yml
    get "http://localhost:$WEB_PORT/"
    show topo destroy --yes --quiet --volumes -f $way.yml
    WEB_PORT=$((WEB_PORT - 1))
  done
}
