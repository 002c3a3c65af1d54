# shellcheck shell=bash
# Makes the virtual environment that every command in bin/ runs in. Sourced, never run; needs Bash and Python ≥ 3.11.
#
#   palaver_environment run    what a running Palaver needs (requirements/run.txt)
#   palaver_environment test   the same and what its tests need (requirements/test.txt)
#
# Afterwards PYTHON names the interpreter and PYTHONPATH holds the checkout's own src/.
#
# The environment is stamped with a hash of the locks, of pyproject.toml and of the interpreter's version; with an equal
# stamp nothing is done. `.unfinished` lies in it while pip works: whoever finds it there while holding the lock knows that
# an install was interrupted, and starts anew.
#
#   PALAVER_VENV     another place for the environment (the default is .venv beside this folder)
#   PALAVER_PYTHON   the interpreter to make it with (the default is the newest of those found)

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
VENV="${PALAVER_VENV:-$ROOT/.venv}"
PYTHON="$VENV/bin/python"

palaver_die() {
    printf 'palaver: %s\n' "$*" >&2
    exit 1
}

# Print "<version> <path>" of an interpreter that is new enough, else nothing. The version is major * 100 + minor.
_palaver_look_at() {
    "$1" -I -c 'import sys
if sys.version_info >= (3, 11) and sys.implementation.name == "cpython":
    print(sys.version_info[0] * 100 + sys.version_info[1], getattr(sys, "_base_executable", "") or sys.executable)' 2>/dev/null
}

# Name the interpreter to make the environment with: the newest of the usual names.
_palaver_choose_python() {
    local name found best=""
    if [[ -n ${PALAVER_PYTHON:-} ]]; then
        found="$(_palaver_look_at "$PALAVER_PYTHON")"
        [[ -n $found ]] || palaver_die "PALAVER_PYTHON=$PALAVER_PYTHON is not a Python 3.11 or newer."
        printf '%s\n' "${found#* }"
        return
    fi
    # /usr/bin/python3 is asked as well: a first python3 on the PATH may be too old or another user's.
    for name in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        command -v "$name" >/dev/null 2>&1 || continue
        found="$(_palaver_look_at "$name")"
        [[ -n $found ]] || continue
        if [[ -z $best || ${found%% *} -gt ${best%% *} ]]; then best="$found"; fi
    done
    [[ -n $best ]] || palaver_die "Python 3.11 or newer is needed and none was found." \
        "On Debian 12, Ubuntu 24.04 and later: apt-get install python3 python3-venv."
    printf '%s\n' "${best#* }"
}

_palaver_hash() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -d' ' -f1
}

# What the stamp of "run" or "test" has to be now.
_palaver_stamp() {
    local files=("$ROOT/pyproject.toml" "$ROOT/requirements/run.txt")
    [[ $1 == test ]] && files+=("$ROOT/requirements/test.txt")
    { cat "${files[@]}" && printf '%s\n' "$VENV"; } | _palaver_hash
}

_palaver_is_current() {
    [[ -x $PYTHON && ! -e $VENV/.unfinished ]] || return 1
    local stamp want
    want="$(_palaver_stamp "$1")"
    stamp="$(cat "$VENV/.stamp-$1" 2>/dev/null)"
    [[ $stamp == "$want" ]]
}

# Make an empty environment with pip in it. Debian splits ensurepip off into python3-venv, so that may have to come first.
_palaver_make_empty() {
    local base="$1" minor package
    if ! "$base" -I -c 'import ensurepip, venv; ensurepip.version()' 2>/dev/null; then
        minor="$("$base" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
        package="python$minor-venv"
        if [[ $EUID -eq 0 && $base == /usr/bin/* ]] && command -v apt-get >/dev/null 2>&1; then
            printf 'palaver: installing the package %s …\n' "$package" >&2
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"; } \
                >"$LOG" 2>&1 || { tail -n 5 "$LOG" >&2; palaver_die "apt-get could not install $package."; }
        fi
    fi
    if "$base" -I -c 'import ensurepip, venv; ensurepip.version()' 2>/dev/null; then
        "$base" -I -m venv "$VENV" >"$LOG" 2>&1 || { tail -n 5 "$LOG" >&2; palaver_die "The environment $VENV could not be made."; }
        PIP=("$PYTHON" -m pip)
    elif "$base" -m pip --version >/dev/null 2>&1 && "$base" -I -m venv --without-pip "$VENV" >"$LOG" 2>&1; then
        # The system's own pip can fill an environment that has none (pip ≥ 22.3).
        PIP=("$base" -m pip --python "$PYTHON")
    else
        palaver_die "$base comes without venv and pip. Install them and start again: sudo apt-get install python3-venv"
    fi
}

_palaver_install() {
    local kind="$1" base number start=$SECONDS
    LOG="$VENV.log"
    mkdir -p "$(dirname "$VENV")" 2>/dev/null
    [[ -w $(dirname "$VENV") ]] || palaver_die "$(dirname "$VENV") is not writable for $(id -un)." \
        "Run this once as the owner of the checkout, or name a folder of your own in PALAVER_VENV."
    base="$(_palaver_choose_python)" || exit 1

    # Two starts at once: the second waits here, then finds the work done. The lock belongs to the open file 9 and goes
    # with this shell, however it ends. Python takes it, because flock(1) is not everywhere.
    exec 9>"$VENV.lock" || palaver_die "The lock file $VENV.lock could not be opened."
    "$base" -I -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' || palaver_die "The lock file $VENV.lock could not be locked."
    if _palaver_is_current "$kind"; then exec 9>&-; return; fi

    if [[ -e $VENV ]] && { [[ -e $VENV/.unfinished ]] || ! [[ -n $(_palaver_look_at "$PYTHON") ]]; }; then
        rm -rf "$VENV" || palaver_die "The unfinished environment $VENV could not be removed."
    fi
    PIP=("$PYTHON" -m pip)
    if [[ ! -e $VENV ]]; then
        mkdir "$VENV" && : >"$VENV/.unfinished"
        _palaver_make_empty "$base"
    elif ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
        PIP=("$base" -m pip --python "$PYTHON")
    fi
    : >"$VENV/.unfinished"
    number="$(grep -c '==' "$ROOT/requirements/$kind.txt")"
    printf 'palaver: installing up to %s libraries into %s (once) … ' "$number" "${VENV/#$PWD\//}" >&2
    # test.txt is a superset of run.txt at the same versions. --no-deps: the lock is complete, so nothing is to be resolved.
    if ! PIP_DISABLE_PIP_VERSION_CHECK=1 "${PIP[@]}" install --quiet --no-input --no-deps --require-hashes \
        --prefer-binary -r "$ROOT/requirements/$kind.txt" >"$LOG" 2>&1; then
        printf 'failed.\n' >&2
        tail -n 15 "$LOG" >&2
        palaver_die "pip could not install the libraries (the whole of its output: $LOG). Starting again repairs it."
    fi
    _palaver_stamp run >"$VENV/.stamp-run"
    if [[ $kind == test ]]; then _palaver_stamp test >"$VENV/.stamp-test"; fi
    rm -f "$VENV/.unfinished" "$LOG"
    printf '%s s.\n' "$((SECONDS - start))" >&2
    exec 9>&-
}

palaver_environment() {
    if ! _palaver_is_current "$1"; then _palaver_install "$1"; fi
    # Other folders on the path could put a module of the same name before ours.
    export PYTHONPATH="$ROOT/src" PYTHON
    unset PYTHONHOME
}
