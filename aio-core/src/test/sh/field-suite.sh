#!/usr/bin/env bash
# field-suite.sh [FILE_SYSTEM...] [-- MAVEN_ARGUMENT...]: runs the field suites (FieldSuite.java) over ext4, xfs
# and btrfs on loop devices, a tmpfs and an overlayfs over ext4; all of them, or those named. Needs root. Everything
# is mounted under one temporary directory and undone on exit, whatever happened.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../../.." && pwd)
suites=LibaioHarnessTest,LibaioHarnessFlowTest,LtpSyscallsTest,LtpAioDioTest,AioDioRegressTest,ArtemisNativeTest,SeastarFileTest
suites+=,LinuxAioPythonTest,CaioTest,CaioCancelTest,DataStaxAioTest
image_size=400M

say() { printf 'field-suite: %s\n' "$*"; }

file_systems=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    file_systems+=("$1")
    shift
done
[ $# -eq 0 ] || shift
[ ${#file_systems[@]} -gt 0 ] || file_systems=(ext4 xfs btrfs tmpfs overlayfs)

if [ "$(id -u)" -ne 0 ]; then
    say "not root: cannot mount file systems, nothing was run"
    exit 0
fi

work=$(mktemp -d "${TMPDIR:-/var/tmp}/aio-field-suite.XXXXXX")
mounts=()

clean_up() {
    local i
    for ((i = ${#mounts[@]} - 1; i >= 0; i--)); do # what is on top first
        umount "${mounts[i]}" 2>/dev/null || umount -l "${mounts[i]}" || true
    done
    rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# need COMMAND PACKAGE
need() {
    command -v "$1" >/dev/null && return
    say "$1 is missing: installing $2"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "$2"; } >/dev/null 2>&1
    command -v "$1" >/dev/null
}

# mount_at DIRECTORY MOUNT_ARGUMENT...
mount_at() {
    local at=$1
    shift
    mkdir -p "$at"
    mount "$@" "$at" && mounts+=("$at")
}

# mount_image NAME MKFS...: a sparse image on a loop device, which goes when it is unmounted
mount_image() {
    local name=$1
    shift
    truncate -s "$image_size" "$work/$name.img" && "$@" "$work/$name.img" >/dev/null \
        && mount_at "$work/$name" -o loop "$work/$name.img"
}

# Prints where the file system is mounted; its last line of output if it cannot be.
set_up() {
    case $1 in
        ext4) need mkfs.ext4 e2fsprogs && mount_image ext4 mkfs.ext4 -q -F ;;
        xfs) need mkfs.xfs xfsprogs && mount_image xfs mkfs.xfs -q ;;
        btrfs) need mkfs.btrfs btrfs-progs && mount_image btrfs mkfs.btrfs --quiet ;;
        tmpfs) mount_at "$work/tmpfs" -t tmpfs -o "size=$image_size" aio-field-suite ;;
        overlayfs)
            mount_image lower mkfs.ext4 -q -F && mkdir -p "$work"/lower/{lower,upper,work} \
                && mount_at "$work/overlayfs" -t overlay aio-field-suite \
                    -o "lowerdir=$work/lower/lower,upperdir=$work/lower/upper,workdir=$work/lower/work"
            ;;
        *)
            say "unsupported file system: $1 (expected: ext4, xfs, btrfs, tmpfs or overlayfs)"
            return 1
            ;;
    esac
}

# summary LOG: surefire's last count, without colours
summary() {
    sed 's/\x1b\[[0-9;]*m//g' "$1" | grep -E 'Tests run: [0-9]+, .*Skipped: [0-9]+$' | tail -1 | sed 's/.*Tests run/tests run/'
}

failed=()
results=()
for file_system in "${file_systems[@]}"; do
    if ! set_up "$file_system"; then
        results+=("$file_system: cannot be mounted here")
        failed+=("$file_system")
        continue
    fi
    log=$root/aio-core/target/field-suite-$file_system.log
    mkdir -p "$(dirname "$log")"
    say "$file_system: running, log in $log"
    if (cd "$root" && mvn -B -pl aio-core test -Dtest="$suites" -Daio.fieldSuite.dir="$work/$file_system" "$@") \
        >"$log" 2>&1; then
        verdict=passed
    else
        verdict=FAILED
        failed+=("$file_system")
        sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '<<< (FAILURE|ERROR)!$' | grep -v 'Tests run' | sed 's/^/    /' || true
    fi
    results+=("$file_system: $verdict, $(summary "$log" || true)")
done

for result in "${results[@]}"; do
    say "$result"
done
[ ${#failed[@]} -eq 0 ]
