#!/bin/sh
# As in the official image: MARIADB_ or MYSQL_ ROOT_PASSWORD, DATABASE, USER and PASSWORD when the data folder is
# made. Not supported: the other variables and /docker-entrypoint-initdb.d.
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

if [ "$1" = mariadbd ]; then
  [ -d "$data/mysql" ] || make_database
  set -- "$@" --user=mysql "--bind-address=*" --skip-name-resolve
fi
exec "$@"
