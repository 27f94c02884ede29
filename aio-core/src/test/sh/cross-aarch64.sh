#!/usr/bin/env bash
# aio-core/src/test/sh/cross-aarch64.sh: builds the native library for linux-aarch_64 on whatever machine this
# is, and looks at the result. Installs Debian's cross compiler where there is none.
set -euo pipefail
# shellcheck source=bin/lib.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../../../bin/lib.sh"

compiler=aarch64-linux-gnu-gcc
ensure_build_tools
# -E of a header of its libc: the package of the compiler alone only recommends that
if ! have $compiler || ! CC=$compiler compiles_c; then
    install_packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross || fail "cannot cross-compile without them"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/aio-cross.XXXXXX")
trap 'rm -rf "$work"' EXIT
# build.sh itself refuses a library that needs more than its ceiling of glibc
CC=$compiler sh "$root/aio-core/src/main/c/build.sh" "$JAVA_HOME" "$work"
library=$work/libdevaio_aarch_64.so
[ -f "$library" ] || fail "not built: $library"

# field NAME: of the ELF header
field() { LC_ALL=C readelf -h "$library" | sed -n "s/^ *$1: *//p"; }
[ "$(field Machine)" = AArch64 ] || fail "machine: $(field Machine) (expected: AArch64)"
[ "$(field Class)" = ELF64 ] || fail "class: $(field Class) (expected: ELF64)"
exported() { LC_ALL=C readelf -W --dyn-syms "$1" | awk '$4 == "FUNC" && $5 == "GLOBAL" && $7 != "UND" { print $8 }' | sort; }
sh "$root/aio-core/src/main/c/build.sh" "$JAVA_HOME" "$work/here"
diff <(exported "$library") <(exported "$work"/here/*.so) >&2 || fail "exports other functions than this machine's"
newest=$(LC_ALL=C readelf -W --dyn-syms "$library" | grep -o '@GLIBC_[0-9.]*' | sort -V | tail -n 1)
say "linux-aarch_64: $(exported "$library" | wc -l) exported functions, newest symbol ${newest#@}"
