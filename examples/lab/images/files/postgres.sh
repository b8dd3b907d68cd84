#!/bin/sh
# As in the official image: POSTGRES_PASSWORD (or _FILE), _USER, _DB, _HOST_AUTH_METHOD, PGDATA, and the
# *.sql and *.sh of /docker-entrypoint-initdb.d when the data folder is made.
set -e

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  chown postgres:postgres "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"
  # shellcheck disable=SC2016 # the inner shell fills these in
  exec su -s /bin/sh -c 'exec "$0" "$@"' -- postgres "$0" "$@"
fi

[ "${1#-}" = "$1" ] || set -- postgres "$@"

# shellcheck source=/dev/null
run() { . "$1"; }

make_database() {
  [ -z "$POSTGRES_PASSWORD_FILE" ] || POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
  if [ -z "$POSTGRES_PASSWORD$POSTGRES_HOST_AUTH_METHOD" ]; then
    echo "Error: set POSTGRES_PASSWORD" >&2
    exit 1
  fi
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  (umask 077 && echo "$POSTGRES_PASSWORD" >/tmp/password)
  initdb --username="$user" --pwfile=/tmp/password --no-sync --no-locale --encoding=UTF8 \
    --auth-host=scram-sha-256 --auth-local=trust >/dev/null
  rm /tmp/password
  echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"

  # Not on the network until everything is there.
  pg_ctl --wait -o "-c listen_addresses=''" start >/dev/null
  [ "$database" = postgres ] || echo "CREATE DATABASE \"$database\"" | psql -q -U "$user" postgres
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
    *.sh) run "$script" ;;
    *.sql) psql -q -v ON_ERROR_STOP=1 -U "$user" -f "$script" "$database" ;;
    esac
  done
  pg_ctl --wait --mode=fast stop >/dev/null
}

[ "$1" != postgres ] || [ -s "$PGDATA/PG_VERSION" ] || make_database
exec "$@"
