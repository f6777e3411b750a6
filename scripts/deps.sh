#!/bin/sh
# Installs the Debian packages that building and testing need; does nothing when all are there.
set -eu
packages="gcc make libc6-dev pkg-config libsqlite3-dev libxlsxwriter-dev libhpdf-dev libpcre2-dev libcmocka-dev libyaml-dev libssl-dev
libexpat1-dev libzip-dev libfontconfig-dev zlib1g-dev fonts-lxgw-wenkai fonts-liberation2 tzdata poppler-utils qpdf sqlite3 unzip zip"

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "deps: no Debian system; needed are the equivalents of: $packages" >&2
    exit 0
fi
missing=
for p in $packages; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true) in
    installed) ;;
    *) missing="$missing $p" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "deps: missing:$missing" >&2
        echo "deps: install them as root: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "deps: installing$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
