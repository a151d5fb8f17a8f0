# tracked PATTERN...: the project's own files, NUL-separated; everything but builds where git does not know the tree.
tracked() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files -z -- "$@"
        return
    fi
    local names=() pattern
    for pattern in "$@"; do names+=(-o -path "./$pattern"); done
    find . \( -name build -o -name node_modules -o -name .git \) -prune -o -type f \( "${names[@]:1}" \) -print0
}
