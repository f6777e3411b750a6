#!/bin/sh
# Runs test programs and scripts, as many at a time as there are cores; goes on after a failure, and fails at the end if any failed.
# usage: run-tests.sh BUILD_FOLDER TEST...
# A test finds in the environment: SLAUDIT (the program under test), SLAUDIT_HOME (the program's data), SAMPLES (made-up exports), TMPDIR (a folder
# of its own, empty at the start). It runs in the root of the repository. One that takes longer than 10 minutes has failed.
set -u

# One test: its output goes to a file, its name to the list of those that passed or failed.
run_one() {
    test=$1 name=${1#"$BUILD"/}
    id=$(echo "$name" | tr / -)
    TMPDIR="$RESULTS/$id"
    export TMPDIR
    mkdir "$TMPDIR"
    begun=$(date +%s) rc=0
    case $test in
    *.sh) timeout 600 sh "$test" ;;
    *) timeout 600 "$test" ;;
    esac </dev/null >"$RESULTS/$id.log" 2>&1 || rc=$?
    took=$(($(date +%s) - begun))
    if [ $rc -eq 0 ]; then
        echo "$name" >>"$RESULTS/passed"
        # of a test that passed, its closing lines and what it skipped
        grep -E '^\[ *(PASSED|SKIPPED) *\]' "$RESULTS/$id.log" | sed "s|\$| $name|" >"$RESULTS/$id.out"
        [ $took -lt 20 ] || echo "($name took $took s)" >>"$RESULTS/$id.out"
    else
        echo "$name" >>"$RESULTS/failed"
        { cat "$RESULTS/$id.log"; echo "FAILED: $name, exit status $rc after $took s"; } >"$RESULTS/$id.out"
    fi
    cat "$RESULTS/$id.out"
    rm -rf "$TMPDIR"
}

if [ "$1" = --one ]; then
    run_one "$2"
    exit 0
fi

BUILD=$1
shift
RESULTS=$(mktemp -d "${TMPDIR:-/tmp}/slaudit-test.XXXXXX") || exit 1
trap 'rm -rf "$RESULTS"' EXIT
trap 'exit 130' INT TERM
here=$(pwd)
case $BUILD in /*) built=$BUILD ;; *) built=$here/$BUILD ;; esac
SLAUDIT="$built/engine/cli/main" SLAUDIT_HOME="$here" SAMPLES="$here/samples/2025Q3" LC_ALL=C TZ=UTC
ASAN_OPTIONS="${ASAN_OPTIONS:-allocator_may_return_null=1:strict_string_checks=1:detect_stack_use_after_return=1}"
UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
export BUILD RESULTS SLAUDIT SLAUDIT_HOME SAMPLES LC_ALL TZ ASAN_OPTIONS UBSAN_OPTIONS

: >"$RESULTS/passed"
: >"$RESULTS/failed"
[ $# -eq 0 ] || printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc 2>/dev/null || echo 2)}" -I '{}' sh "$0" --one '{}'

failed=$(wc -l <"$RESULTS/failed")
[ "$failed" -eq 0 ] || { echo "failed:"; sort "$RESULTS/failed" | sed 's/^/  /'; }
echo "$(wc -l <"$RESULTS/passed") passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$(wc -l <"$RESULTS/passed")" -eq $# ]
