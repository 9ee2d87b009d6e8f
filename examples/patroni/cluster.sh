#!/bin/bash
# Three data nodes on one machine, each in a network namespace of its own: etcd, Patroni and PostgreSQL with strict
# synchronous replication and failsafe. For trying out what happens when one of them dies; on real machines each node
# runs what `etcd_of` and `patroni_of` run here.
#
#   cluster.sh up FOLDER [sync|async]   makes and starts it; prints the address for `store` in charye.toml
#   cluster.sh down FOLDER              ends it and removes the namespaces
#   cluster.sh healthy FOLDER           succeeds when there is a primary, every other node follows, one of them in step
#   cluster.sh primary|standby|etcd-leader FOLDER        prints the number of that node
#   cluster.sh kill|start|stop|cont|cut|mend N FOLDER    kill -9, start again, SIGSTOP, SIGCONT, its cable out and in
#   cluster.sh kill-etcd|start-etcd N FOLDER
#
# As root; Debian's packages etcd-server etcd-client patroni postgresql iproute2. `async` gives up what the others are
# there for, to see what is lost then.
set -euo pipefail

# Another number makes another cluster beside the first.
readonly NUMBER=${CHARYE_CLUSTER:-}
readonly NET=10.77.${NUMBER:-21} BRIDGE=charye-br$NUMBER SPACE=charye$NUMBER-db NODES="1 2 3" SCOPE=charye
verb=${1:?what to do}
shift

address() { echo "$NET.$1"; }
every() { local separator=$1 format=$2 all=() node; for node in $NODES; do all+=("${format//%/$node}"); done; local IFS=$separator; echo "${all[*]}"; }
inside() { local node=$1; shift; ip netns exec "$SPACE$node" runuser -u postgres -- "$@"; }
pids() { ip netns pids "$SPACE$1" 2>/dev/null || true; }
signal() { local all; all=$(pids "$2"); [ -z "$all" ] || kill "$1" $all 2>/dev/null || true; }
# From the machine itself, not from a node: what is asked of etcd is asked of whoever answers.
etcd_says() { ETCDCTL_API=2 etcdctl --endpoints "$(every , "http://$NET.%:2379")" --timeout 1s --total-timeout 3s get "/service/$SCOPE/$1" 2>/dev/null || true; }
member_says() { python3 -c "import json,sys; print(json.loads(sys.stdin.read() or '{}').get('$1') or '')"; }

network() {
    ip link add "$BRIDGE" type bridge
    ip address add "$NET.254/24" dev "$BRIDGE"
    ip link set "$BRIDGE" up
    local node
    for node in $NODES; do
        ip netns add "$SPACE$node"
        ip link add "$SPACE$node" type veth peer name eth0 netns "$SPACE$node"
        ip link set "$SPACE$node" master "$BRIDGE" up
        ip -n "$SPACE$node" address add "$(address "$node")/24" dev eth0
        ip -n "$SPACE$node" link set eth0 up
        ip -n "$SPACE$node" link set lo up
    done
}

# One who died keeps its data: it joins what is there, it founds nothing.
etcd_of() {
    local node=$1 at state=new
    at=http://$(address "$node")
    [ ! -d "$folder/etcd$node/member" ] || state=existing
    inside "$node" etcd --name "db$node" --data-dir "$folder/etcd$node" --enable-v2 --logger zap --log-level error \
        --listen-peer-urls "$at:2380" --initial-advertise-peer-urls "$at:2380" \
        --listen-client-urls "$at:2379" --advertise-client-urls "$at:2379" \
        --initial-cluster "$(every , "db%=http://$NET.%:2380")" --initial-cluster-state "$state" --initial-cluster-token charye
}

patroni_of() { inside "$1" patroni "$folder/patroni$1.yml"; }

# Nothing of ours stays open in what goes on in the background.
start_etcd() { etcd_of "$1" >> "$folder/etcd$1.log" 2>&1 < /dev/null & }
start() {
    start_etcd "$1"
    patroni_of "$1" >> "$folder/patroni$1.log" 2>&1 < /dev/null &
}

# `etcd`, not `etcd3`: over the newer interface Patroni 3.0.2 writes the leader's key without looking whose it is. A
# primary that was stopped and goes on then takes the key from its successor, which has acknowledged commits meanwhile.
# Found with `cargo xtask failover`.
# ttl >= loop_wait + 2 * retry_timeout, and 20 is the least that Patroni takes: so long the key of a dead primary lives.
configuration() {
    local node=$1 at programs is_sync=$2
    at=$(address "$node")
    programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
    cat <<YAML
scope: $SCOPE
name: db$node
restapi: { listen: "$at:8008", connect_address: "$at:8008" }
etcd: { hosts: "$(every , "$NET.%:2379")" }
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 3
    failsafe_mode: true
    synchronous_mode: $is_sync
    synchronous_mode_strict: $is_sync
    master_start_timeout: 0
    maximum_lag_on_failover: 1073741824
    postgresql:
      use_pg_rewind: true
      parameters:
        synchronous_commit: "on"
        fsync: "on"
        full_page_writes: "on"
        wal_log_hints: "on"
        wal_keep_size: 256MB
        wal_sender_timeout: 5s
        wal_receiver_timeout: 5s
        tcp_keepalives_idle: 3
        tcp_keepalives_interval: 1
        tcp_keepalives_count: 3
        tcp_user_timeout: 5000
        max_connections: 60
  initdb: [{ encoding: UTF8 }, { locale: C.UTF-8 }, data-checksums]
postgresql:
  listen: "$at:5432"
  connect_address: "$at:5432"
  data_dir: $folder/data$node
  bin_dir: $programs
  pgpass: $folder/pgpass$node
  parameters: { unix_socket_directories: "$folder/run$node" }
  pg_hba:
    - local all all peer
    - host replication replicator $NET.0/24 scram-sha-256
    - host all all $NET.0/24 scram-sha-256
  authentication:
    superuser: { username: postgres, password: "$(cat "$folder/password")" }
    replication: { username: replicator, password: "$(cat "$folder/password")" }
    rewind: { username: rewind, password: "$(cat "$folder/password")" }
YAML
}

up() {
    local is_sync=true node
    [ "${1:-sync}" = sync ] || is_sync=false
    mkdir -p "$folder"
    chmod 700 "$folder"
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n' > "$folder/password"
    network
    for node in $NODES; do
        mkdir "$folder/run$node"
        configuration "$node" "$is_sync" > "$folder/patroni$node.yml"
    done
    chown -R postgres: "$folder"
    for node in $NODES; do start "$node"; done
    within 120 healthy
    echo "postgres://postgres:$(cat "$folder/password")@$(every , "$NET.%:5432")/postgres"
}

within() {
    local seconds=$1 end
    shift
    end=$((SECONDS + seconds))
    until "$@"; do
        [ $SECONDS -lt $end ] || { echo "not within $seconds s: $*" >&2; return 1; }
        sleep 0.5
    done
}

down() {
    local node
    for node in $NODES; do
        signal -KILL "$node"
        within 10 is_empty "$node"
        ip link delete "$SPACE$node" 2>/dev/null || true
        ip netns delete "$SPACE$node" 2>/dev/null || true
    done
    ip link delete "$BRIDGE" 2>/dev/null || true
}

is_empty() { [ -z "$(pids "$1")" ]; }
number() { echo "${1#db}"; }
primary() { number "$(etcd_says leader)"; }
standby() { number "$(etcd_says sync | member_says sync_standby)"; }

healthy() {
    local leader node member
    leader=$(primary)
    [ -n "$leader" ] || return 1
    for node in $NODES; do
        member=$(etcd_says "members/db$node")
        [ -n "$member" ] && [ "$(member_says state <<< "$member")" = running ] || return 1
        [ "$node" = "$leader" ] || [ "$(replicates "$leader" "$node")" = t ] || return 1
    done
    grep -q 'synchronous_mode: false' "$folder/patroni1.yml" || [ -n "$(standby)" ]
}

replicates() {
    ip netns exec "$SPACE$1" runuser -u postgres -- env PGPASSWORD="$(cat "$folder/password")" PGCONNECT_TIMEOUT=2 psql -qAt \
        -h "$(address "$1")" -U postgres -c "SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = 'db$2' AND state = 'streaming'" 2>/dev/null
}

etcd_leader() {
    local node status
    for node in $NODES; do
        status=$(ETCDCTL_API=3 etcdctl --endpoints "$(address "$node"):2379" --dial-timeout 1s --command-timeout 1s endpoint status -w json 2>/dev/null) || continue
        if python3 -c "import json,sys; s=json.loads(sys.argv[1])[0]['Status']; sys.exit(s.get('leader') != s['header']['member_id'])" "$status"; then
            echo "$node"
            return
        fi
    done
    return 1
}

etcd_pid() {
    local pid
    for pid in $(pids "$1"); do
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != etcd ] || echo "$pid"
    done
}

case $verb in
    up) folder=$(realpath -m "$1"); down; up "${2:-sync}" ;;
    down) folder=$(realpath -m "$1"); down ;;
    healthy | primary | standby) folder=$(realpath "$1"); $verb ;;
    etcd-leader) etcd_leader ;;
    kill) signal -KILL "$1" ;;
    stop) signal -STOP "$1" ;;
    cont) signal -CONT "$1" ;;
    cut) ip link set "$SPACE$1" down ;;
    mend) ip link set "$SPACE$1" up ;;
    start) folder=$(realpath "$2"); start "$1" ;;
    kill-etcd) kill -KILL $(etcd_pid "$1") ;;
    start-etcd) folder=$(realpath "$2"); start_etcd "$1" ;;
    *) echo "unknown: $verb" >&2; exit 2 ;;
esac
