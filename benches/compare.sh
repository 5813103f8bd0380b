#!/usr/bin/env bash
# What a run costs beside what looking costs: `compose-fix --check -q` and `rg -l network_mode` over the same files, in one run.
#
#     benches/compare.sh [PROGRAM]        default: target/release/compose-fix
#
# Trees are made in a temporary directory. With COMPOSE_FIX_CORPUS set, the real files below it are measured too. Each line shows
# the best of several runs that take turns, so that what else the machine does matters little, and the ratio of both; for a
# single project its time and its memory. Needs ripgrep, and GNU time for the memory.
set -euo pipefail
cd "$(dirname "$0")/.."

program=$(realpath "${1:-target/release/compose-fix}")
runs=${RUNS:-10}
trees=$(mktemp -d)
trap 'rm -rf "$trees"' EXIT

# Milliseconds that a command takes; what it says and how it ends does not matter.
milliseconds() {
  local begin=$EPOCHREALTIME
  "$@" >/dev/null 2>&1 || true
  local end=$EPOCHREALTIME
  echo $(((${end/./} - ${begin/./}) / 100))
}

# 12345 tenths of a millisecond as 1234.5
shown() { printf '%d.%d' $(($1 / 10)) $(($1 % 10)); }

smaller() { echo $(($1 < $2 ? $1 : $2)); }

# Both programs over a tree.
beside_rg() {
  local name=$1 tree=$2 rg=999999999 own=999999999
  for _ in $(seq "$runs"); do
    rg=$(smaller "$rg" "$(milliseconds rg -l network_mode "$tree")")
    own=$(smaller "$own" "$(milliseconds "$program" --check -q "$tree")")
  done
  printf '%-34s rg %8s ms   compose-fix %8s ms   ratio %d.%02d\n' "$name" "$(shown "$rg")" "$(shown "$own")" \
    $((own / rg)) $((own * 100 / rg % 100))
}

# One project: how long, and how much memory at most.
alone() {
  local name=$1 tree=$2 best=999999999 memory
  for _ in 1 2 3; do
    best=$(smaller "$best" "$(milliseconds "$program" --check -q "$tree")")
  done
  memory=$(/usr/bin/time -f %M "$program" --check -q "$tree" 2>&1 >/dev/null | tail -n 1) || true
  printf '%-34s %8s ms   %s MB\n' "$name" "$(shown "$best")" $((memory / 1024))
}

# 10,000 projects in 100 groups, each with its Compose file and nine other files; 500 are on host networking.
large_tree() {
  local tree=$1 group
  for group in $(seq 100); do
    mkdir -p "$tree/group$group"/project{1..100}/src
  done
  awk -v tree="$tree" '
    function service(name, port, host) {
      return "  " name ":\n    image: registry.example.com/team/" name ":1.4.2\n    restart: unless-stopped\n" \
        (host ? "    network_mode: host\n" : "    ports:\n      - \"127.0.0.1:" port ":" port "\"\n") \
        "    environment:\n      PORT: \"" port "\"\n      LOG_LEVEL: info\n      DATABASE_URL: postgres://app:app@database:5432/app\n" \
        "    volumes:\n      - ./data/" name ":/var/lib/" name "\n    healthcheck:\n" \
        "      test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:" port "/health\"]\n      interval: 30s\n"
    }
    function write(path, text) { printf "%s", text > path; close(path) }
    BEGIN {
      line = "a line of some program that says nothing of interest to anybody who looks for it\n"
      for (i = 0; i < 25; i++) source = source line
      for (group = 1; group <= 100; group++) for (number = 1; number <= 100; number++) {
        at = tree "/group" group "/project" number
        host = number <= 5
        write(at "/docker-compose.yml", "services:\n" service("web", 3000 + number, host) service("api", 4000 + number, 0) \
          service("worker", 5000 + number, 0) "networks:\n  default:\n    driver: bridge\n")
        write(at "/README.md", "# Project\n" source)
        write(at "/package.json", "{\"name\": \"project\"}\n")
        for (file = 1; file <= 7; file++) write(at "/src/file" file ".js", source)
      }
    }'
}

# Ten services that mount a folder of 13 MB in 650 files.
folder() {
  local tree=$1 mode=$2 mount=$3
  mkdir -p "$tree/data"
  awk -v tree="$tree" -v mode="$mode" -v mount="$mount" '
    BEGIN {
      path = tree "/compose.yaml"
      print "services:" > path
      for (i = 1; i <= 10; i++) {
        print "  service" i ":\n    image: example/service\n    environment:\n      PORT: " 3000 + i "\n" mode > path
        if (mount) print "    volumes:\n      - ./data:/data" > path
      }
      for (file = 1; file <= 650; file++) {
        at = tree "/data/settings" file ".conf"
        for (i = 0; i < 400; i++) print "setting_" i " = the value of a setting, wide enough" > at
        print "upstream = localhost:" 3000 + file % 10 + 1 > at
        close(at)
      }
    }'
}

# Services of which each dials the next; all of them leave.
chain() {
  local tree=$1
  mkdir -p "$tree"
  awk 'BEGIN {
    print "services:"
    for (i = 1; i <= 800; i++)
      print "  service" i ":\n    image: example/service\n    network_mode: host\n    environment:\n      PORT: " 10000 + i \
        (i < 800 ? "\n      NEXT_URL: http://localhost:" 10001 + i : "")
  }' >"$tree/compose.yaml"
}

large_tree "$trees/large"
folder "$trees/without" "" ""
folder "$trees/bridge" "" yes
folder "$trees/host" "    network_mode: host" yes
chain "$trees/chain"

if [ -n "${COMPOSE_FIX_CORPUS:-}" ] && [ -d "$COMPOSE_FIX_CORPUS/negatives" ]; then
  beside_rg "real files without host networking" "$COMPOSE_FIX_CORPUS/negatives"
fi
beside_rg "100,000 files, 10,000 of Compose" "$trees/large"
alone "ten services" "$trees/without"
alone "the same, a mounted folder of 13 MB" "$trees/bridge"
alone "the same, on host networking" "$trees/host"
alone "a chain of 800 services" "$trees/chain"
