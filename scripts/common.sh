# shellcheck shell=bash
# Sourced by the scripts beside it: where things are, and who runs the server.

set -euo pipefail
shopt -s inherit_errexit # a failure inside $(...) counts as well
umask 022 # the server's user must be able to read what root makes

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
mkdir -p target

say() { printf '%s\n' "$*" >&2; }
die() {
    say "${0##*/}: $*"
    exit 1
}

# Which server: the same choice as in the Makefile, for a script that is called by hand.
if [ -z "${PG_CONFIG:-}" ]; then
    PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config
    [ -x "$PG_CONFIG" ] || PG_CONFIG=pg_config
fi
export PG_CONFIG

# Whose psql and pg_regress: the server's own, unless said otherwise (scripts/matrix does).
PG_CLIENT_CONFIG=${PG_CLIENT_CONFIG:-$PG_CONFIG}
export PG_CLIENT_CONFIG

pg_major() {
    local version
    version=$("$PG_CONFIG" --version 2> /dev/null) || die "$PG_CONFIG does not run: set PG_CONFIG to a server's pg_config"
    sed -E 's/^PostgreSQL ([0-9]+).*/\1/' <<< "$version"
}

# PostgreSQL refuses to run as root: root runs it as Debian's user postgres, anyone else runs it as himself.
if [ "$(id -u)" = 0 ]; then server_user=postgres; else server_user=$(id -un); fi

as_server_user() {
    if [ "$(id -un)" = "$server_user" ]; then
        "$@"
    else
        # From /, because the server's user may not be able to enter the directory where we are.
        (cd / && runuser -u "$server_user" -- "$@")
    fi
}

# A directory serves if the server's user can enter it and a socket's path below it keeps within the system's 107 bytes.
serves() {
    [ -d "$1" ] && [ "${#1}" -le 70 ] && as_server_user test -x "$1" 2> /dev/null
}

# Prints the directory that holds the throwaway servers: target/, or one in /var/tmp, remembered in target/place, if the
# checkout is somewhere private (/root, a home with mode 0700) or deep.
place() {
    local place=$root/target
    if ! serves "$place"; then
        place=$(cat target/place 2> /dev/null || true)
        # -O: in /var/tmp anyone may have taken the name since.
        if ! [ -O "$place" ] || ! serves "$place"; then
            place=$(mktemp -d /var/tmp/pg_lifecycle.XXXXXX)
            chmod 755 "$place"
            echo "$place" > target/place
        fi
    fi
    echo "$place"
}

# Makes a Python environment, if it is not there: venv DIRECTORY
venv() {
    [ ! -x "$1/bin/pip" ] || return 0
    python3 -c 'import ensurepip, venv' 2> /dev/null || scripts/setup-debian python3-venv
    python3 -m venv "$1"
}

# Prints the lines of a server's log that tell of a crash, a failed assertion, or something that was not put away, and fails if
# there are any: judge_log LOG
judge_log() {
    local found signs='TRAP:|PANIC|terminated by signal|terminated by exception|exited with exit code 134|not closed|leak|alloc set'
    signs="$signs|detected write past|buffer refcount|snapshot .* still active|panicked at"
    found=$(grep -nE "$signs" "$1" | head -n 40 || true)
    if [ -n "$found" ]; then
        printf '%s\n' "$found"
        say "$1 tells of what must not be"
        return 1
    fi
}
