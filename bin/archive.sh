# The class archive of the standalone jar: its classes as the JVM has them in memory, mapped at the start instead of
# being read, parsed and verified one by one. Sourced after lib.sh, not run; needs $jar. A JVM without an archive
# starts as well, only later: nothing here may keep the program from running, or print to its standard output.
# shellcheck shell=bash disable=SC2154 # jar

# One for each feature version, beside the jar. The JVM itself checks that jar and JDK are those it was made of.
archive_of() { echo "${jar%.jar}-$(java_major "$1").jsa"; }

# What an archive is of, in one line; its name says the rest.
archive_stamp() { echo "$1 $(tr '\n' ' ' <"$1/release")"; }

# archive_state JAVA_HOME: good, bad (it could not be made of this jar and JDK; why is in .log), or old.
archive_state() {
    local archive
    archive=$(archive_of "$1")
    if [ "$archive.for" -nt "$jar" ] && [ "$(<"$archive.for")" = "$(archive_stamp "$1")" ]; then
        if [ -f "$archive" ]; then echo good; else echo bad; fi
    else
        echo old
    fi
}

# make_archive JAVA_HOME: makes it, or waits for who is just doing so. Leaves an archive, or the reason in .log.
make_archive() {
    local archive new
    archive=$(archive_of "$1")
    new=$archive.$$
    exec 8<"$jar"
    if ! flock -n 8; then
        flock 8
    elif { train "$1" "$new.classes" && dump "$1" "$new.classes" "$new"; } >"$archive.log" 2>&1; then
        chmod 0644 "$new"
        sync "$new" # a JVM that maps half an archive dies of it
        mv -f "$new" "$archive"
    else
        rm -f "$new" "$archive"
    fi
    rm -f "$new.classes"
    if [ "$(archive_state "$1")" = old ]; then
        archive_stamp "$1" >"$archive.for.$BASHPID"
        mv -f "$archive.for.$BASHPID" "$archive.for"
    fi
    exec 8<&-
}

# A run that loads the classes a server needs, and lists them: it starts, answers, and ends.
train() (
    java_home=$1
    answered=no
    pid=
    site=$(mktemp -d "${TMPDIR:-/tmp}/aio-archive.XXXXXX") || exit 1
    trap '[ -z "$pid" ] || kill "$pid"; rm -rf "$site"' EXIT
    trap 'exit 1' INT TERM HUP
    mkdir "$site/served"
    echo small >"$site/served/index.html"
    head -c 200000 /dev/zero >"$site/served/large.bin"
    mkfifo "$site/out"
    env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS "$java_home/bin/java" -Xshare:auto \
        -XX:DumpLoadedClassList="$2" -jar "$jar" serve "$site/served" --port 0 --loops 1 >"$site/out" </dev/null &
    pid=$!
    exec {out}<"$site/out"
    while read -r -t 60 line <&"$out"; do
        if [[ $line == "listening on "* ]]; then
            if ask "${line##*:}"; then answered=yes; fi
            break
        fi
        echo "$line"
    done
    cat <&"$out" &
    exec {out}<&-
    await_preload "$pid"
    kill "$pid"
    wait "$pid" || answered=no
    pid=
    [ "$answered" = yes ]
)

# The JVM's own classes and the listed ones in one archive. One on top of the JVM's own, which a run could leave behind
# itself, takes no class files as old as picocli's. JDK 25 lists constants to resolve as well, for which it links their
# classes, and leaves out those of them that are old.
dump() {
    sed -i '/^@cp picocli\//d' "$2"
    env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS "$1/bin/java" -Xshare:dump \
        -XX:SharedClassListFile="$2" -XX:SharedArchiveFile="$3" -jar "$jar" </dev/null && [ -f "$3" ]
}

# ask PORT: a small file, which is sent by write, and one that leaves by sendfile.
ask() {
    local socket line
    exec {socket}<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /large.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&"$socket"
    read -r -t 60 line <&"$socket" || return 1
    cat <&"$socket" >/dev/null
    exec {socket}>&-
    [[ $line == "HTTP/1.1 200"* ]]
}

# The thread that loads what no request has needed yet is to be through.
await_preload() {
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        grep -qsx aio-preload "/proc/$1/task"/*/comm || return 0
        sleep 0.1
    done
}

make_archive_in_background() {
    renice -n 19 -p $BASHPID
    make_archive "$1"
}

# use_archive JAVA_HOME: sets archive_options for the JVM. Where there is none yet, one is made in the background,
# so that the program need not wait; the next start has it.
use_archive() {
    local archive
    archive_options=()
    if [[ ${AIO_JAVA_OPTS:-} =~ Archive|-Xshare|AOT ]]; then
        return 0 # the user has an archive of another kind in mind
    fi
    if [[ "${AIO_JAVA_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-}" =~ UseZGC|CompressedOops|-Xmx[0-9]{2,}[gG] ]]; then
        return 0 # references of another size than in the archive: it would not fit, and the JVM's own not be looked for
    fi
    archive=$(archive_of "$1")
    case $(archive_state "$1") in
        good)
            # whatever does not fit after all (other options, a jar of the same age) is no news for who runs the program
            # shellcheck disable=SC2034 # of bin/aio
            archive_options=(-XX:SharedArchiveFile="$archive" -Xlog:cds=off -Xlog:cds+dynamic=off)
            ;;
        bad) say "starts take longer without a class archive, which could not be made: see $archive.log" ;;
        *)
            if [ -w "$(dirname "$jar")" ]; then
                # twice removed, so that it is no child of the JVM, which would never wait for it
                (make_archive_in_background "$1" </dev/null >/dev/null 2>&1 &)
            else
                say "starts take longer without a class archive: $(dirname "$jar") cannot be written"
            fi
            ;;
    esac
}
