#!/bin/sh
# /usr/local/bin/rassid: run a command of Rassid as its services do, with their settings: sudo rassid doctor
set -eu
set -a
. /etc/rassid/rassid.env
set +a
cd /
HOME=$KB_HOME exec setpriv --reuid=rassid --regid=rassid --init-groups -- /opt/rassid/bin/kb "$@"
