# shellcheck shell=bash disable=SC2034 # read by quickstart.sh, which has the functions used here
images=(mariadb:10.11 python:3.11-slim busybox:latest)

finds() { docker exec "$(container "$1")" nslookup "$2" >/dev/null 2>&1; }

try_it() {
  section "The list, from the database"
  get "http://localhost:$WEB_PORT/"
  get -d task="Try it" "http://localhost:$WEB_PORT/"
  get -X POST "http://localhost:$WEB_PORT/2/done"

  section "The claims, tried with real connections"
  local db
  db=$(address todo-mysql todo-network)
  expect yes "todo-app connects to todo-mysql ($db:3306)" by_python todo-app "$db" 3306
  expect no "outsider connects to todo-mysql ($db:3306)" by_nc outsider "$db" 3306
  expect no "outsider finds the name todo-mysql" finds outsider todo-mysql

  section "What publishing 3306 to everybody would open"
  show topo check -f stack.yml -f as-found.yml || true
}
