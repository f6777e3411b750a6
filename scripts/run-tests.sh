#!/bin/sh
# Runs test programs and scripts one after another, goes on after a failure, and fails at the end if any failed.
# usage: run-tests.sh BUILD_FOLDER TEST...
# A test finds in the environment: SLAUDIT (the program under test), SLAUDIT_HOME (the program's data), SAMPLES (made-up exports), TMPDIR (a folder
# of its own, empty at the start). One that takes longer than 10 minutes has failed.
set -u
build=$1
shift
here=$(pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/slaudit-test.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

export SLAUDIT="$here/$build/engine/cli/main" SLAUDIT_HOME="$here" SAMPLES="$here/samples/2025Q3" LC_ALL=C TZ=UTC
export ASAN_OPTIONS="${ASAN_OPTIONS:-allocator_may_return_null=1:strict_string_checks=1:detect_stack_use_after_return=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"

passed=0 failed=0 names=
for t in "$@"; do
    name=${t#"$build"/}
    export TMPDIR="$tmp/$(echo "$name" | tr / -)"
    mkdir "$TMPDIR"
    begun=$(date +%s)
    case $t in
    *.sh) timeout 600 sh "$t" </dev/null 2>&1 ;;
    *) timeout 600 "$t" </dev/null >"$tmp/log" 2>&1 ;;
    esac
    rc=$?
    case $t in
    *.sh) ;;
    *) # the whole protocol only of a program that failed; else the closing lines and what was skipped
        if [ $rc -eq 0 ]; then grep -E '^\[ *(PASSED|SKIPPED|FAILED) *\]' "$tmp/log" | sed "s|\$| $name|"
        else cat "$tmp/log"; fi ;;
    esac
    took=$(($(date +%s) - begun))
    if [ $rc -eq 0 ]; then
        passed=$((passed + 1))
        [ $took -lt 20 ] || echo "($name took $took s)"
    else
        failed=$((failed + 1))
        names="$names $name"
        echo "FAILED: $name, exit status $rc"
    fi
    rm -rf "$TMPDIR"
done
[ -z "$names" ] || echo "failed:$names"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
