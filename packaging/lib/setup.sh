# Shared by packaging/run, packaging/test and packaging/screenshots: brings a Debian 12 machine to the point where the
# project builds. Everything here is quick when there is nothing to do. Sourced, not run.

root_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '\n==> %s\n' "$*" >&2; }
fail() { printf '\nerror: %s\n' "$*" >&2; exit 1; }

build_packages=(
    g++ cmake ninja-build ccache pkg-config ca-certificates
    qt6-base-dev qt6-charts-dev qt6-svg-dev libgl1-mesa-dev libqt6opengl6-dev
    libqscintilla2-qt6-dev qtkeychain-qt6-dev
    libsqlite3-dev libcurl4-openssl-dev nlohmann-json3-dev libtomlplusplus-dev libboost-dev libexpected-dev
    libssl-dev libarchive-dev libqrencode-dev librust-blake3-dev zlib1g-dev libbrotli-dev
    bubblewrap fonts-inter fonts-jetbrains-mono
)
test_packages=(git openssl dpkg-dev lintian systemd xvfb xauth clang-format clang chromium)

# Prints those of its arguments that dpkg does not know as installed. dpkg-query fails as a whole when it has never heard
# of one of them, which is the very case this is for: its exit code says nothing, its lines do.
missing_packages() {
    local installed
    installed=$({ dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
        awk '$2 == "installed" { print $1 }')
    local name
    for name in "$@"; do
        grep -qxF -- "$name" <<<"$installed" || printf '%s\n' "$name"
    done
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Installs the named Debian packages that are missing.
need_packages() {
    command -v dpkg-query >/dev/null || fail "this script sets up Debian 12 and its relatives; dpkg is not here." \
        "Install the equivalents of: $* and build with 'cmake --preset release && cmake --build --preset release'."
    local missing
    local list
    list=$(missing_packages "$@")
    [[ -z $list ]] && return
    mapfile -t missing <<<"$list"
    if [[ $(id -u) -ne 0 ]] && ! command -v sudo >/dev/null; then
        fail "these Debian packages are missing, and neither root nor sudo is here to install them. As root, run:
    apt-get install ${missing[*]}
and start this again."
    fi
    say "Installing Debian packages: ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# A Node that is already here stays as it is; the archive's one is good enough otherwise.
need_node() {
    local wanted=()
    command -v node >/dev/null || wanted+=(nodejs)
    command -v npm >/dev/null || wanted+=(npm)
    if [[ ${#wanted[@]} -gt 0 ]]; then need_packages "${wanted[@]}"; fi
}

# npm_install FOLDER: the exact packages of the folder's lock file, only when that changed since the last time.
npm_install() {
    local dir="$root_dir/$1" stamp sum
    stamp="$dir/node_modules/.installed-lock"
    sum=$(sha256sum <"$dir/package-lock.json")
    [[ -f $stamp && $(<"$stamp") == "$sum" ]] && return
    say "Installing the npm packages of $1"
    # Not `npm ci`: that refuses a lock file without the packages for other platforms, which a registry may lack. The
    # versions are those of the lock file all the same.
    rm -rf "$dir/node_modules"
    (cd "$dir" && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
    printf '%s' "$sum" >"$stamp"
}

# configure PRESET [CMAKE ARGUMENTS]: only when needed; ninja looks after changed CMakeLists.txt files by itself.
configure() {
    local ninja_file="$root_dir/build/$1/build.ninja"
    [[ -f $ninja_file && $ninja_file -nt "$root_dir/CMakePresets.json" ]] && return
    say "Configuring build/$1"
    (cd "$root_dir" && cmake --preset "$@") >&2
}

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    say "Building build/$preset"
    (cd "$root_dir" && cmake --build --preset "$preset" ${1:+--target "$@"}) >&2
}
