# shellcheck shell=bash disable=SC2034 # read by quickstart.sh, which has the functions used here
images=(nginx:alpine postgres:15-alpine python:3.11-slim)

try_it() {
  section "The page, through nginx and flaskapp from the database: the counter rises"
  for _ in 1 2 3; do get "http://localhost:$WEB_PORT/"; done

  section "The claims, tried with real connections"
  local web db
  web=$(address flaskapp web_nw) db=$(address db db_nw)
  expect yes "nginx connects to flaskapp ($web:8000)" by_nc nginx "$web" 8000
  expect no "nginx connects to db ($db:5432)" by_nc nginx "$db" 5432
  expect yes "flaskapp connects to db ($db:5432)" by_python flaskapp "$db" 5432
}
