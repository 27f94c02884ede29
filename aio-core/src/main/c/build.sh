#!/bin/sh
# Compiles aio.c to OUTPUT_DIR/libdevaio_ARCH.so (Netty's naming) and refuses a library that would
# not load on glibc 2.17. Called by Maven; by hand: build.sh JAVA_HOME OUTPUT_DIR
# CC picks another compiler, also one for another machine (CC=aarch64-linux-gnu-gcc); CFLAGS adds to
# the flags (CFLAGS=-fsanitize=address).
set -eu

java_home=$1
output_dir=$2
here=$(cd "$(dirname "$0")" && pwd)
cc=${CC:-gcc}
max_glibc=2.17

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

# The names Netty's os-maven-plugin convention gives the architectures.
arch_of_compiler() {
    case $("$cc" -dumpmachine) in
        x86_64-*) echo x86_64 ;;
        aarch64-*) echo aarch_64 ;;
        *) fail "unsupported target: $("$cc" -dumpmachine) (expected: x86_64 or aarch64)" ;;
    esac
}

up_to_date() {
    [ -f "$1" ] || return 1
    [ -z "$(find "$here" -type f -newer "$1")" ]
}

# The versioned symbols a library needs from glibc, one "name version" a line. readelf reads foreign
# architectures too; in --dyn-syms the eighth column is name@VERSION, UND marks what is imported.
glibc_symbols() {
    LC_ALL=C readelf -W --dyn-syms "$1" | awk '$7 == "UND" && $8 ~ /@GLIBC_/ {
        split($8, part, "@+"); sub("GLIBC_", "", part[2]); print part[1], part[2] }'
}

check_glibc() {
    command -v readelf >/dev/null || fail "readelf not found (install binutils)"
    too_new=$(glibc_symbols "$1" | awk -v max="$max_glibc" '
        BEGIN { split(max, m, ".") }
        { split($2, v, ".")
          if (v[1] !~ /^[0-9]+$/ || v[1] > m[1] + 0 || (v[1] == m[1] && v[2] + 0 > m[2] + 0))
              printf " %s@GLIBC_%s", $1, $2 }')
    [ -z "$too_new" ] || fail "needs symbols newer than glibc $max_glibc:$too_new"
}

[ -f "$here/aio.c" ] || fail "no source: $here/aio.c"
command -v "$cc" >/dev/null || fail "compiler not found: $cc (install gcc and libc6-dev, or set CC)"
library=$output_dir/libdevaio_$(arch_of_compiler).so
if up_to_date "$library"; then
    exit 0
fi
[ -f "$java_home/include/jni.h" ] || fail "no JNI headers in $java_home/include (expected: a JDK, not a JRE)"

mkdir -p "$output_dir"
# Checked before it gets its name: a library that fails is never picked up by the next build.
unchecked=$library.$$
trap 'rm -f "$unchecked"' EXIT
cd "$here"
# shellcheck disable=SC2086 # CFLAGS is a list
"$cc" -O2 -Wall -Wextra -Werror -fvisibility=hidden -fPIC -shared ${CFLAGS:-} \
    -I"$java_home/include" -I"$java_home/include/linux" \
    -Wl,-z,relro,-z,now -Wl,--no-undefined \
    -o "$unchecked" aio.c
check_glibc "$unchecked"
chmod 644 "$unchecked"
mv "$unchecked" "$library"
