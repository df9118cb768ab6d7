#!/usr/bin/env bash
# Install what the tests drive besides Python: a browser, LibreOffice, PostgreSQL and poppler. Needs root, or sudo.
# A user of the platform needs none of these; tests that miss one are skipped, unless KB_REQUIRE_ALL=1.
set -euo pipefail
packages=(chromium fonts-noto-core libreoffice-impress-nogui libreoffice-writer-nogui postgresql poppler-utils python3-venv)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -eq 0 ]; then
  echo "Test programs: all there."
  exit 0
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
echo "Test programs installed: ${missing[*]}"
