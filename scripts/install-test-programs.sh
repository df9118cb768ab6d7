#!/usr/bin/env bash
# Install what the tests drive besides Python: a browser, ClamAV, curl, LibreOffice, PostgreSQL, poppler, nginx, and a provider of
# identities that runs in node. Needs root, or sudo.
# A user of the platform needs none of these; tests that miss one are skipped, unless KB_REQUIRE_ALL=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
packages=(chromium clamav-daemon curl fonts-noto-core libreoffice-impress-nogui libreoffice-writer-nogui nginx-light nodejs openssl postgresql poppler-utils python3-venv)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
command -v npm >/dev/null || missing+=(npm) # some packages of node bring it along
if [ "${#missing[@]}" -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  echo "Test programs installed: ${missing[*]}"
else
  echo "Test programs: all there."
fi
# The versions and checksums of package-lock.json; nothing of a package is run while it is installed.
provider=tests/provider
if [ ! -e "$provider/node_modules" ] || [ "$provider/package-lock.json" -nt "$provider/node_modules" ]; then
  npm ci --prefix "$provider" --ignore-scripts --no-audit --no-fund --silent
  touch "$provider/node_modules"
fi
