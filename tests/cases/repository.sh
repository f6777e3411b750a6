#!/bin/sh
# What is committed is meant to be: no marks of a merge, no file that .gitignore names.
set -u
cd "$(dirname "$0")/../.." || exit 1
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    echo "[  SKIPPED ] repository: not a git checkout"
    exit 0
fi
echo "[==========] Running 2 test(s)."
bad=0
marks=$(git grep -nIE '^(<<<<<<<|>>>>>>>) ' -- . | head -5)
if [ -n "$marks" ]; then echo "marks of a merge:"; echo "$marks"; bad=1; echo "[  FAILED  ] no_marks_of_a_merge"; else echo "[       OK ] no_marks_of_a_merge"; fi
ignored=$(git ls-files -ci --exclude-standard | head -5)
if [ -n "$ignored" ]; then echo "committed although ignored:"; echo "$ignored"; bad=1; echo "[  FAILED  ] nothing_ignored_is_committed"; else echo "[       OK ] nothing_ignored_is_committed"; fi
[ $bad -eq 0 ] && echo "[  PASSED  ] 2 test(s)."
exit $bad
