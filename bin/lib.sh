# What bin/aio, bin/test, bin/verify and bin/format share: finding a JDK, installing what is missing,
# a Docker engine for the tests. Sourced, not run. Everything it says goes to stderr: stdout belongs
# to the program.
# shellcheck shell=bash

# shellcheck disable=SC2034 # used by the scripts that source this
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

say() { printf 'aio: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" -eq 0 ]; }

# --- Java ---------------------------------------------------------------------------------------

# The feature version of the Java in a home, from its release file: starting a JVM for that takes
# longer than all the rest of bin/aio. 0 when there is none.
java_major() {
    local version
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) || true
    echo "${version:-0}"
}

# Java homes in the order they are tried: what the user chose, what the path says, what is installed.
java_homes() {
    [ -z "${JAVA_HOME:-}" ] || echo "$JAVA_HOME"
    if have javac; then home_of "$(command -v javac)"; fi
    if have java; then home_of "$(command -v java)"; fi
    local home
    for home in /usr/lib/jvm/*; do
        [ ! -x "$home/bin/java" ] || readlink -f "$home"
    done | sort -u
}

home_of() { dirname "$(dirname "$(readlink -f "$1")")"; }

is_jre() { [ -x "$1/bin/java" ] && [ "$(java_major "$1")" -ge 17 ]; }

# jni.h is asked for as well: the native library is compiled against it.
is_jdk() { is_jre "$1" && [ -x "$1/bin/javac" ] && [ -f "$1/include/jni.h" ]; }

# first_home is_jdk|is_jre: the first home that is one, or nothing.
first_home() {
    local home
    while read -r home; do
        if "$1" "$home"; then
            echo "$home"
            return
        fi
    done < <(java_homes)
}

# --- packages -----------------------------------------------------------------------------------

apt_lists_empty() { ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }

apt_update() {
    say "updating the package lists (apt-get update)"
    apt-get -q update >&2
}

# The first of some package names that this Debian release has, or the first of all.
first_available() {
    local name
    for name in "$@"; do
        if [ -n "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ]; then
            echo "$name"
            return
        fi
    done
    echo "$1"
}

apt_install() {
    # slim images lack the directory and some packages of the JDK link into it
    mkdir -p /usr/share/man/man1
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@" >&2
}

# What a need is called in this release. A JDK and a Docker client have had several names.
package_for() {
    case $1 in
        jdk) first_available openjdk-17-jdk-headless openjdk-21-jdk-headless default-jdk-headless ;;
        docker-client) first_available docker-cli docker.io ;;
        *) echo "$1" ;;
    esac
}

# Installs what the needs stand for, or says what somebody else has to install.
install_packages() {
    local packages
    if ! is_root || ! have apt-get; then
        say "missing: $* (install by root; jdk: openjdk-17-jdk-headless)"
        return 1
    fi
    if apt_lists_empty; then apt_update || return 1; fi
    mapfile -t packages < <(for need in "$@"; do package_for "$need"; done | sort -u)
    say "installing ${packages[*]} (apt-get install)"
    # a failure is mostly an old list that names versions no longer served
    apt_install "${packages[@]}" || { apt_update && apt_install "${packages[@]}"; }
}

compiles_c() { echo '#include <stdio.h>' | "${CC:-gcc}" -E -x c - >/dev/null 2>&1; }

# A busybox that needs no library: the root file system of the test containers is made of it.
has_static_busybox() {
    have busybox && ! LC_ALL=C readelf -l "$(command -v busybox)" 2>/dev/null | grep -q INTERP
}

# Makes sure of everything `mvn package` needs and sets JAVA_HOME for it.
ensure_build_tools() {
    local missing=() jdk
    [ -n "$(first_home is_jdk)" ] || missing+=(jdk)
    have mvn || missing+=(maven)
    have "${CC:-gcc}" || missing+=(gcc)
    compiles_c || missing+=(libc6-dev)
    have readelf || missing+=(binutils)
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}" || fail "cannot build without them"
    jdk=$(first_home is_jdk)
    [ -n "$jdk" ] || fail "no JDK of version 17 or later found (set JAVA_HOME)"
    export JAVA_HOME=$jdk
}

# --- the program ------------------------------------------------------------------------------------

# A copy, put in place by rename: a build overwrites its jar, and a JVM that runs from it dies later.
# shellcheck disable=SC2034 # likewise
jar=$root/aio-netty/target/bin/aio.jar

# Directories count too: one is newer than the jar when a file in it has gone.
is_up_to_date() {
    [ -f "$jar" ] && [ -z "$(find "$root/pom.xml" "$root"/aio-{core,netty}/{pom.xml,src/main} -newer "$jar" -print -quit)" ]
}

build_program() {
    local started new
    ensure_build_tools
    say "building $root (first use, or sources changed)"
    new=$jar.$$
    mkdir -p "$(dirname "$jar")"
    started=$(date +%s.%N)
    # stdout belongs to the program, which may be printing JSON
    mvn -B -q -f "$root/pom.xml" -pl aio-netty -am -Dmaven.test.skip=true package >&2 </dev/null
    cp "$root"/aio-netty/target/aio-netty-*-standalone.jar "$new"
    # as old as the build's beginning: what was edited meanwhile is newer
    touch -d "@$started" "$new"
    mv "$new" "$jar"
}

# Two first uses at once: the second waits and finds the work done.
build_program_once() {
    exec 9<"$root/pom.xml"
    flock 9
    is_up_to_date || build_program
    exec 9<&-
}

# Makes sure that $jar is the program as its sources are.
ensure_program() { is_up_to_date || build_program_once; }

# --- tests ------------------------------------------------------------------------------------------

# Makes sure of what the tests call besides Maven.
ensure_test_tools() {
    local missing=()
    have curl || missing+=(curl)
    have strace || missing+=(strace)
    have mkfs.ext4 || missing+=(e2fsprogs)
    have losetup && have setpriv || missing+=(util-linux)
    has_static_busybox || missing+=(busybox-static)
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}" || fail "cannot test without them"
    have mkfs.xfs || install_packages xfsprogs || say "tests on xfs will be skipped"
    ensure_clients
}

# Clients of other people and proxies, to try the server with. Where one cannot be had, its tests are skipped by name.
# Chromium (113 MB) takes 13 s from a mirror nearby.
ensure_clients() {
    local missing=()
    have wget || missing+=(wget)
    have openssl || missing+=(openssl)
    have h2load && have nghttp || missing+=(nghttp2-client)
    have ab || missing+=(apache2-utils)
    have wrk || missing+=(wrk)
    have haproxy || missing+=(haproxy)
    [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}" || say "tests with ${missing[*]} will be skipped"
    have chromium || install_packages chromium || say "tests with chromium will be skipped"
}

# --- Docker -------------------------------------------------------------------------------------

docker_answers() { have docker && timeout 20 docker info >/dev/null 2>&1; }

# Leaves a Docker engine that the tests can use, or the reason why there is none in
# AIO_DOCKER_UNAVAILABLE. Never fails: the container test reports the reason by name.
ensure_docker() {
    # nothing can be pulled where there is no registry: no helper container, no check that starts one
    export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_CHECKS_DISABLE=true
    if docker_answers; then return; fi
    local reason
    reason=$(mktemp)
    if ! start_docker "$reason"; then
        AIO_DOCKER_UNAVAILABLE=$(tr '\n' ' ' <"$reason")
        export AIO_DOCKER_UNAVAILABLE
        say "no Docker engine: $AIO_DOCKER_UNAVAILABLE"
    fi
    rm -f "$reason"
}

start_docker() {
    local reason=$1 driver missing=()
    if ! is_root; then
        echo "none answers, and starting one takes root" >"$reason"
        return 1
    fi
    have dockerd || missing+=(docker.io)
    have docker || missing+=(docker-client)
    if [ ${#missing[@]} -gt 0 ] && ! install_packages "${missing[@]}"; then
        echo "none answers, and none could be installed (${missing[*]})" >"$reason"
        return 1
    fi
    # where there is an init system, the package has just started its own
    if docker_answers; then return 0; fi
    for driver in overlay2 vfs; do
        if start_dockerd "$driver" "$reason"; then return 0; fi
    done
    return 1
}

docker_dir=
docker_pid=

# A private engine: its own directory, socket and mount namespace, no bridge and no firewall rules,
# so that nothing of it is left on the machine but empty cgroups. Its containers have the host's network or none.
start_dockerd() {
    local driver=$1 reason=$2 tries
    docker_dir=$(mktemp -d "${TMPDIR:-/tmp}/aio-docker.XXXXXX")
    say "starting a private Docker engine ($driver) in $docker_dir"
    # pdeathsig: it ends with this script even when that is killed; a slave mount namespace sees
    # what the tests mount and takes its own mounts along when it ends
    setpriv --pdeathsig TERM unshare --mount --propagation slave dockerd \
        --data-root "$docker_dir/data" --exec-root "$docker_dir/exec" --pidfile "$docker_dir/pid" \
        --host "unix://$docker_dir/docker.sock" --storage-driver "$driver" \
        --exec-opt native.cgroupdriver=cgroupfs --shutdown-timeout 5 \
        --bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false \
        >"$docker_dir/log" 2>&1 &
    docker_pid=$!
    for ((tries = 0; tries < 150; tries++)); do
        if DOCKER_HOST=unix://$docker_dir/docker.sock docker_answers; then
            export DOCKER_HOST=unix://$docker_dir/docker.sock TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
            return 0
        fi
        kill -0 "$docker_pid" 2>/dev/null || break
        sleep 0.2
    done
    { echo "dockerd ($driver) did not start:" && tail -n 3 "$docker_dir/log"; } >>"$reason"
    stop_docker
    return 1
}

# Ends the engine that start_dockerd started, if any, by its pid.
stop_docker() {
    if [ -n "$docker_pid" ]; then
        kill "$docker_pid" 2>/dev/null || true
        wait "$docker_pid" 2>/dev/null || true
        docker_pid=
    fi
    if [ -n "$docker_dir" ]; then
        rm -rf "$docker_dir" || say "could not remove $docker_dir"
        docker_dir=
    fi
}

# Everything a test run needs; what it started ends with the script.
set_up_tests() {
    trap stop_docker EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    ensure_build_tools
    ensure_test_tools
    ensure_docker
}
