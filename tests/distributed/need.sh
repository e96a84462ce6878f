#!/bin/sh
# Debian's Postgres and Redis, installed where they are missing and we may; otherwise says what to install.
set -eu
missing=
command -v redis-server >/dev/null || missing="redis-server"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $missing"
    # RUNLEVEL=1: the packages' own servers are not started; the test starts its own.
    apt-get -qq update && RUNLEVEL=1 apt-get -qq install --yes --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "make test-distributed needs $missing: sudo apt-get install $missing" >&2
exit 2
