#!/usr/bin/env bash
# aio-core/src/test/sh/sanitize.sh [TEST...]: aio-core's tests against a native library that was built with
# AddressSanitizer and UndefinedBehaviorSanitizer. Fails on any of their reports. TEST: as mvn -Dtest takes
# it; without any, the tests that reach the native code.
set -euo pipefail
# shellcheck source=bin/lib.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../../../bin/lib.sh"

tests=${*:-Aio*Test,ModelTest,KernelEngineTest,LaneEngineTest,CompletionRingTest,AlignedMemoryTest,IoVectorsTest,MappedPagesTest,ResidencyMapTest}
ensure_build_tools
work=$(mktemp -d "${TMPDIR:-/tmp}/aio-sanitize.XXXXXX")
trap 'rm -rf "$work"' EXIT

# A name without a directory is what gcc answers for a library that it has not got.
runtime() { gcc -print-file-name="lib$1.so"; }
if [ ! -f "$(runtime asan)" ] || [ ! -f "$(runtime ubsan)" ]; then
    say "the sanitizers' libraries come with gcc"
    install_packages gcc || fail "cannot test without libasan and libubsan"
fi
# by its soname: the file of the other name may be a linker script
asan=$(readlink -f "$(runtime asan)")

# build NAME [CFLAG...]: the library in a directory of its own
build() {
    local to=$work/$1
    shift
    CC=gcc CFLAGS="-fsanitize=address,undefined -fno-omit-frame-pointer -g $*" \
        sh "$root/aio-core/src/main/c/build.sh" "$JAVA_HOME" "$to"
}

# A java that preloads the sanitizer and finds that library before the one on the class path. HotSpot uses
# SIGSEGV, and leaks on purpose what lives as long as the process.
java_with() {
    local home=$work/jvm-$1
    mkdir -p "$home/bin"
    cp "$JAVA_HOME/release" "$home/release"
    cat >"$home/bin/java" <<JAVA
#!/bin/sh
export LD_PRELOAD='$asan'
export ASAN_OPTIONS='detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:use_sigaltstack=0:log_path=$work/report'
export UBSAN_OPTIONS='print_stacktrace=1:halt_on_error=1:log_path=$work/report'
echo "\$@" >>'$work/started-$1'
exec '$JAVA_HOME/bin/java' -Djava.library.path='$work/$1' "\$@"
JAVA
    chmod +x "$home/bin/java"
    echo "$home/bin/java"
}

# reports FILE: in the files they are told to write, or where a program has put its output
reports() { compgen -G "$work/report*" >/dev/null || grep -qE 'AddressSanitizer|runtime error:' "$1"; }

say "building the native library with -fsanitize=address,undefined"
build clean
cat >"$work/broken.h" <<'C'
/* no header: aio.c says first what it wants of them; writes behind its memory as soon as it is loaded */
__attribute__((constructor)) static void broken(void) {
    volatile char *p = __builtin_malloc(4);
    volatile int behind = 4;
    p[behind] = 1;
    __builtin_free((void *)p);
}
C
build broken -include "$work/broken.h"

mvn -B -q -f "$root/pom.xml" -pl aio-core test-compile
cat >"$work/Load.java" <<'JAVA'
class Load {
    public static void main(String[] arguments) {
        System.out.println(dev.aio.core.Aio.isAvailable());
    }
}
JAVA
say "a library that writes behind its memory has to be reported"
"$(java_with broken)" -cp "$root/aio-core/target/classes" "$work/Load.java" >"$work/out" 2>&1 || true
reports "$work/out" || fail "the sanitizer does not see it: this test could not fail"
rm -f "$work"/report*
"$(java_with clean)" -cp "$root/aio-core/target/classes" "$work/Load.java" >"$work/out" ||
    fail "the library with sanitizers does not load"

say "running $tests with it"
rm -f "$work/started-clean"
status=0
mvn -B -f "$root/pom.xml" -pl aio-core surefire:test -Dtest="$tests" -Djvm="$(java_with clean)" \
    >"$work/out" 2>&1 || status=$?
grep -q surefire "$work/started-clean" || fail "the tests did not run with the sanitizers: see mvn -Djvm"
if reports "$work/out"; then
    cat "$work"/report* >&2 2>/dev/null || grep -E -A 20 'AddressSanitizer|runtime error:' "$work/out" >&2
    fail "the sanitizers report what is above"
fi
if [ "$status" -ne 0 ]; then
    grep -A 40 'Results:' "$work/out" >&2 || tail -n 60 "$work/out" >&2
    fail "no report of the sanitizers, but tests failed with them"
fi
say "no report of the sanitizers: $(grep 'Tests run:' "$work/out" | tail -n 1)"
