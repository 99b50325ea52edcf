# shellcheck shell=bash
# Sourced by the benches: settings, the clock, and the rows that they print.
#
# Times are those that the server reports for the query itself, without the clock that EXPLAIN would start for each row.
# Every column is part of the result, for the planner drops what nobody reads.

. "$(dirname "$0")/common.sh"

repeats=${REPEATS:-5}
export PGDATABASE=bench PGOPTIONS='-c client_min_messages=warning'

# One process, no compilation, unless a figure says otherwise.
single='set jit = off; set max_parallel_workers_per_gather = 0'
# shellcheck disable=SC2034 # for those who source this
in_memory="$single; set work_mem = '2GB'; set hash_mem_multiplier = 1"

# Milliseconds of one run: settings, query.
once() {
    psql -XqAt -v ON_ERROR_STOP=1 -c "$1" -c "EXPLAIN (ANALYZE, TIMING OFF) $2" |
        sed -nE 's/^Execution Time: ([0-9.]+) ms$/\1/p'
}

# Of the numbers on standard input.
median() { sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }'; }

# Prints a row: name, milliseconds, name of the other, its milliseconds, what to reach. Small ratios get more digits.
row() {
    awk -v name="$1" -v a="$2" -v other="$3" -v b="$4" -v target="$5" 'BEGIN {
        printf "%-44s %8.0f ms   %-34s %8.0f ms   %6.*f   %s\n", name, a, other, b, a / b < 0.1 ? 4 : 2, a / b, target }'
}

# The same for two queries, timed in turn: name, settings and query of ours, name, settings and query of the other, what
# to reach.
pair() {
    local ours=() others=() i
    once "$2" "$3" > /dev/null
    once "$5" "$6" > /dev/null
    for ((i = 0; i < repeats; i++)); do
        ours+=("$(once "$2" "$3")")
        others+=("$(once "$5" "$6")")
    done
    row "$1" "$(printf '%s\n' "${ours[@]}" | median)" "$4" "$(printf '%s\n' "${others[@]}" | median)" "$7"
}

# Prints a row of one number: name, number, what to reach.
figure() { printf '%-44s %11s   %-34s %11s   %6s   %s\n' "$1" "$2" '' '' '' "$3"; }

# Prints the microseconds of each of so many customers: settings, query, customers.
each() {
    local times=() i
    once "$1" "$2" > /dev/null
    for ((i = 0; i < repeats; i++)); do times+=("$(once "$1" "$2")"); done
    printf '%s\n' "${times[@]}" | median | awk -v n="$3" '{ printf "%.2f us", $1 * 1000 / n }'
}

heading() { printf '\n%-44s %11s   %-34s %11s   %6s   %s\n' figure ours 'compared with' there ratio 'to reach'; }

fresh_database() {
    psql -XqAt -d postgres -v ON_ERROR_STOP=1 -c 'DROP DATABASE IF EXISTS bench' -c 'CREATE DATABASE bench'
}
