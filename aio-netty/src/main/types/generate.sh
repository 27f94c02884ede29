#!/bin/sh
# src/main/types/generate.sh [MIME_TYPES]: makes src/main/resources/dev/aio/netty/http/media-types.txt
# out of own.types, which decides, and of Debian's table, which knows the rest. Run it after a change
# of own.types, or with a newer table; the result is committed, so that no build depends on the machine.
# MIME_TYPES: default /etc/mime.types, of Debian's package media-types (public domain).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
debian=${1:-/etc/mime.types}
out=$here/../resources/dev/aio/netty/http/media-types.txt
version=$(dpkg-query -W -f '${Version}' media-types 2>/dev/null || echo '?')

{
    cat "$here/own.types"
    printf '\n# all below: Debian, media-types %s (public domain), where no line above knows better;\n' "$version"
    printf '# of two types for one extension the first. Made by src/main/types/generate.sh.\n'
    awk '
        FNR == 1 { table++ }
        /^[ \t]*(#|$)/ { next }
        table == 1 { for (i = 2; i <= NF; i++) known[$i] = 1; next }
        tolower($1) ~ /^[a-z]+\/[a-z0-9.+-]+$/ {
            extensions = ""
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^[a-z0-9]+$/ && !($i in known)) {
                    known[$i] = 1
                    extensions = extensions " " $i
                }
            }
            if (extensions != "") print tolower($1) "\t" substr(extensions, 2)
        }
    ' "$here/own.types" "$debian" | LC_ALL=C sort
} >"$out.new"
mv "$out.new" "$out"
