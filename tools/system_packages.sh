#!/usr/bin/env bash
# The one place that names what the system must bring (what pip cannot install).
#
#   tools/system_packages.sh            what the site needs to run
#   tools/system_packages.sh --tests    and what the tests need: a browser, a Chinese font, GNU gettext
#
# It looks for the things themselves (a library that loads, a command that is there), not for package
# names, so that another way of installing them is as good. What is missing is installed when we are root;
# otherwise the exact line to type is printed and the status is 1. A missing browser or font stops nobody:
# the browser tests are then skipped, and this script says so loudly. Only CI insists on them, because a
# journey that nobody walked must not look green.
#
# PYTHON (default python3) is the interpreter that .venv is made with.
set -euo pipefail

PYTHON=${PYTHON:-python3}
OLDEST_PYTHON=3.11
with_tests=no
case "${1:-}" in
    "") ;;
    --tests) with_tests=yes ;;
    *)
        echo "usage: tools/system_packages.sh [--tests]" >&2
        exit 2
        ;;
esac

say() { printf '%s\n' "$*" >&2; }

have() { command -v "$1" >/dev/null 2>&1; }

# ---- what is missing -----------------------------------------------------------------------------------

needed=()  # the site does not run without these
wished=()  # the browser tests do not run without these

python_is_new_enough() {
    "$PYTHON" -c "import sys; sys.exit(sys.version_info[:2] < tuple(map(int, '$OLDEST_PYTHON'.split('.'))))"
}

LIBRARIES=(
    libpango-1.0.so.0=libpango-1.0-0
    libpangoft2-1.0.so.0=libpangoft2-1.0-0
    libharfbuzz-subset.so.0=libharfbuzz-subset0
)

# All at once, so that nobody who types the line is asked to type another one.
find_missing() {
    local missing
    needed=()
    if ! have "$PYTHON"; then
        needed+=("$(basename "$PYTHON")" "$(basename "$PYTHON")-venv" "${LIBRARIES[@]#*=}")
        return
    fi
    if ! python_is_new_enough; then
        say "Python $OLDEST_PYTHON or newer is needed, but $PYTHON is $("$PYTHON" -V 2>&1 | cut -d' ' -f2)."
        say "Debian 12, Ubuntu 24.04 and later have it. If a newer one is installed under another name, say so:"
        say "    make setup PYTHON=python3.12"
        exit 1
    fi
    # Debian splits ensurepip off into python3-venv; without it "python3 -m venv" makes a broken .venv.
    if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
        needed+=("$(basename "$PYTHON")-venv")
    fi
    missing=$(missing_libraries)
    if [ -n "$missing" ]; then
        mapfile -t -O "${#needed[@]}" needed <<<"$missing"
    fi
}

# WeasyPrint loads these by name when it starts. Without harfbuzz-subset it still works, but a page takes
# seconds instead of milliseconds, so it counts as missing. They are loaded here in the same way.
missing_libraries() {
    "$PYTHON" - "${LIBRARIES[@]}" <<'PY'
import ctypes
import sys

for pair in sys.argv[1:]:
    library, package = pair.split("=")
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PY
}

has_browser() {
    local name
    for name in chromium chromium-browser google-chrome; do
        if have "$name"; then return 0; fi
    done
    return 1
}

# Without a Chinese font every screenshot is a page of empty boxes.
has_chinese_font() {
    if have fc-list; then
        [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]
    else
        find /usr/share/fonts /usr/local/share/fonts -iname '*CJK*' 2>/dev/null | grep -q .
    fi
}

find_missing_for_tests() {
    wished=()
    if [ "$with_tests" = yes ]; then
        has_browser || wished+=(chromium)
        has_chinese_font || wished+=(fonts-noto-cjk)
        # Reads the texts out of the code: make messages, and the step of make check that looks after them.
        { have xgettext && have msguniq && have msgmerge; } || wished+=(gettext)
    fi
}

# ---- bringing it ---------------------------------------------------------------------------------------

install_line() { printf 'apt-get install --no-install-recommends %s' "$*"; }

may_install() { [ "$(id -u)" -eq 0 ] && have apt-get; }

# A candidate is known only after "apt-get update"; a fresh container has no lists at all.
has_candidate() { apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'; }

install_as_root() {
    local package known=yes
    say "Installing from the system's packages: $*"
    for package in "$@"; do
        has_candidate "$package" || known=no
    done
    if [ "$known" = yes ] && quiet_install "$@"; then return 0; fi
    # Either the lists are missing, or they are so old that the files they name are gone.
    say "Reading the package lists (apt-get update)."
    if ! apt-get update -qq </dev/null >&2; then
        say "apt-get update failed. Is this machine connected to its package server?"
        return 1
    fi
    quiet_install "$@"
}

quiet_install() {
    local log
    log=$(mktemp)
    if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=120 -- "$@" </dev/null >"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
}

bring_needed() {
    find_missing
    if [ "${#needed[@]}" -eq 0 ]; then return 0; fi
    if may_install && install_as_root "${needed[@]}"; then
        find_missing
        if [ "${#needed[@]}" -eq 0 ]; then return 0; fi
    fi
    say ""
    say "Missing from the system: ${needed[*]}"
    if ! have apt-get; then
        say "These are the names of Debian and Ubuntu; this machine has no apt-get. Install their like, then start again."
    elif [ "$(id -u)" -eq 0 ]; then
        say "They could not be installed. When the machine is connected to its package server, run:"
        say "    $(install_line "${needed[@]}")"
    else
        say "Install them with the line below, then start again:"
        say "    sudo $(install_line "${needed[@]}")"
    fi
    exit 1
}

bring_wished() {
    find_missing_for_tests
    if [ "${#wished[@]}" -eq 0 ]; then return 0; fi
    if may_install; then
        install_as_root "${wished[@]}" || true
    fi
    find_missing_for_tests
    if [ "${#wished[@]}" -eq 0 ]; then return 0; fi
    say ""
    say "**************************************************************************************"
    say "WARNING: ${wished[*]} missing. Without browser or font the tests that drive a real"
    say "browser WILL BE SKIPPED or show no Chinese; without gettext make check fails. To bring it:"
    say "    sudo $(install_line "${wished[@]}")"
    say "(Ubuntu has no chromium package: sudo snap install chromium, or install Google Chrome)"
    say "**************************************************************************************"
    say ""
    if [ -n "${CI:-}" ]; then
        say "In CI the browser tests must run, so this stops here."
        exit 1
    fi
}

bring_needed
bring_wished
