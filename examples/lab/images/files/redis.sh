#!/bin/sh
# As in the official image: it listens to all, and the server does not run as root.
set -e

[ "${1#-}" = "$1" ] || set -- redis-server "$@"
[ "$1" != redis-server ] || set -- "$@" --protected-mode no --dir /data

if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  chown redis:redis /data
  # shellcheck disable=SC2016 # the inner shell fills these in
  exec su -s /bin/sh -c 'exec "$0" "$@"' -- redis "$@"
fi
exec "$@"
