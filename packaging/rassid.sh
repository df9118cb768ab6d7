#!/bin/sh
# /usr/local/bin/rassid: run a command of Rassid as its services do, with their settings: sudo rassid doctor
set -eu
set -a
. /etc/rassid/rassid.env
set +a
cd /
exec runuser -u rassid -- /opt/rassid/bin/kb "$@"
