#!/bin/sh
# As in the official image: MARIADB_ or MYSQL_ ROOT_PASSWORD, DATABASE, USER and PASSWORD, and the *.sql of
# /docker-entrypoint-initdb.d, when the data folder is made. Not supported: the other variables and kinds of files.
set -e

: "${MARIADB_ROOT_PASSWORD:=$MYSQL_ROOT_PASSWORD}" "${MARIADB_DATABASE:=$MYSQL_DATABASE}"
: "${MARIADB_USER:=$MYSQL_USER}" "${MARIADB_PASSWORD:=$MYSQL_PASSWORD}"
data=/var/lib/mysql
tables=/usr/share/mysql

[ "${1#-}" = "$1" ] || set -- mariadbd "$@"

# A server that makes its tables reads one statement a line.
statements() {
  echo "create database if not exists mysql;"
  echo "use mysql;"
  cat "$tables/mysql_system_tables.sql" "$tables/mysql_performance_tables.sql" "$tables/mysql_system_tables_data.sql"
  echo "FLUSH PRIVILEGES;"
  for host in localhost %; do
    echo "CREATE OR REPLACE USER root@'$host' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';"
    echo "GRANT ALL ON *.* TO root@'$host' WITH GRANT OPTION;"
  done
  [ -z "$MARIADB_DATABASE" ] || echo "CREATE DATABASE \`$MARIADB_DATABASE\`;"
  [ -z "$MARIADB_USER" ] || echo "CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '$MARIADB_PASSWORD';"
  [ -z "$MARIADB_USER" ] || echo "GRANT ALL ON \`${MARIADB_DATABASE:-%}\`.* TO '$MARIADB_USER'@'%';"
}

make_database() {
  if [ -z "$MARIADB_ROOT_PASSWORD" ]; then
    echo "Error: set MARIADB_ROOT_PASSWORD" >&2
    exit 1
  fi
  mkdir -p "$data"
  chown mysql:mysql "$data"
  statements | mariadbd --no-defaults --bootstrap --user=mysql --datadir="$data" --skip-networking \
    --innodb-log-file-size=8M --innodb-flush-log-at-trx-commit=0 >&2
}

as_root() { mariadb --user=root --password="$MARIADB_ROOT_PASSWORD" "$@"; }

# Not on the network until everything is there. A folder whose filling failed must not be taken for a full one.
fill_database() {
  mariadbd --user=mysql --skip-networking --skip-name-resolve &
  server=$!
  until as_root --execute "SELECT 1" >/dev/null 2>&1; do
    kill -0 "$server"
    sleep 0.1
  done
  for script in /docker-entrypoint-initdb.d/*.sql; do
    [ -f "$script" ] || continue
    as_root ${MARIADB_DATABASE:+"$MARIADB_DATABASE"} <"$script" || { rm -r "${data:?}/mysql" && exit 1; }
  done
  as_root --execute SHUTDOWN
  wait "$server"
}

if [ "$1" = mariadbd ]; then
  if [ ! -d "$data/mysql" ]; then
    make_database
    [ -z "$(ls /docker-entrypoint-initdb.d)" ] || fill_database
  fi
  set -- "$@" --user=mysql "--bind-address=*" --skip-name-resolve
fi
exec "$@"
