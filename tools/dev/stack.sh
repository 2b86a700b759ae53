#!/usr/bin/env bash
# Starts, stops and shows a private Redis and the five services, all under var/. Used by ./run up, down, status, demo.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=${RELANCE_BIN:-$root/build/dev/bin}
var=${RELANCE_VAR:-$root/var}
services=(ledger risk scenario campaign handoff)

alive() {  # a process that has ended but was not waited for is not alive
  [[ -s $1 ]] && kill -0 "$(cat "$1")" 2>/dev/null && ! grep -q '^State:[[:space:]]*Z' "/proc/$(cat "$1")/status"
}

free_port() {  # the first port from $1 on that nobody listens on
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

write_configuration() {
  local redis_port=$1 address="unix:$var/redis/redis.sock" grpc metrics
  # A Unix socket's path has 107 bytes at most; deep folders fall back to the port.
  ((${#var} < 90)) || address="127.0.0.1:$redis_port"
  {
    echo "# Written by ./run up; every key is explained by relance-ledger --help."
    echo "store:"
    echo "  address: \"$address\""
    echo "documents_directory: \"$var/documents\""
    echo "outbox_directory: \"$var/outbox\""
    echo "services:"
    local port=$((redis_port + 1))
    for service in "${services[@]}"; do
      grpc=$(free_port "$port")
      metrics=$(free_port $((grpc + 1)))
      port=$((metrics + 1))
      echo "  $service:"
      echo "    listen: [\"127.0.0.1:$grpc\"]"
      echo "    metrics_address: \"127.0.0.1:$metrics\""
      echo "    drain_pause: 0s"
      # Files dropped into var/inbox/<tenant>/ are imported.
      [[ $service != ledger ]] || printf '    settings:\n      inbox_directory: "%s"\n      inbox_quiet: 2s\n' "$var/inbox"
    done
  } > "$var/relance.yaml"
}

start_redis() {
  alive "$var/redis/redis.pid" && return
  local port
  port=$(free_port "${RELANCE_PORT:-7400}")
  cat > "$var/redis/redis.conf" <<CONF
bind 127.0.0.1
port $port
unixsocket $var/redis/redis.sock
dir $var/redis
pidfile $var/redis/redis.pid
logfile $var/log/redis.log
daemonize yes
save ""
appendonly yes
appendfsync always
maxmemory-policy noeviction
auto-aof-rewrite-min-size 256mb
CONF
  ((${#var} < 90)) || sed -i '/^unixsocket /d' "$var/redis/redis.conf"
  redis-server "$var/redis/redis.conf"
  local deadline=$((SECONDS + 60))
  until redis-cli -p "$port" ping 2>/dev/null | grep -q PONG; do
    ((SECONDS < deadline)) || { tail -n 20 "$var/log/redis.log" >&2; echo "up: Redis did not start" >&2; exit 1; }
    sleep 0.05
  done
  write_configuration "$port"
}

start_service() {
  local service=$1
  alive "$var/run/$service.pid" && return
  setsid "$bin/relance-$service" --config "$var/relance.yaml" >>"$var/log/$service.log" 2>&1 </dev/null &
  echo $! > "$var/run/$service.pid"
}

wait_ready() {
  local service=$1 address deadline=$((SECONDS + 30))
  address=$(metrics_address "$service")
  until curl -fsS "http://$address/metrics" >/dev/null 2>&1 && "$bin/relancectl" --config "$var/relance.yaml" health "$service" >/dev/null 2>&1; do
    if ! alive "$var/run/$service.pid" || ((SECONDS >= deadline)); then
      tail -n 20 "$var/log/$service.log" >&2
      echo "up: relance-$service did not start; its log is $var/log/$service.log" >&2
      exit 1
    fi
    sleep 0.05
  done
}

metrics_address() { awk -v s="  $1:" '$0 == s {f=1} f && /metrics_address/ {gsub(/[" ]/, "", $2); print $2; exit}' "$var/relance.yaml"; }
grpc_address() { awk -v s="  $1:" '$0 == s {f=1} f && /listen/ {gsub(/[][" ]/, "", $2); print $2; exit}' "$var/relance.yaml"; }

up() {
  mkdir -p "$var"/{redis,log,run,documents,outbox,inbox}
  start_redis
  for service in "${services[@]}"; do start_service "$service"; done
  for service in "${services[@]}"; do wait_ready "$service"; done
}

down() {
  for service in "${services[@]}" redis; do
    local pid_file=$var/run/$service.pid
    [[ $service == redis ]] && pid_file=$var/redis/redis.pid
    alive "$pid_file" || { rm -f "$pid_file"; continue; }
    local pid deadline=$((SECONDS + 40))
    pid=$(cat "$pid_file")
    kill -TERM "$pid"
    while kill -0 "$pid" 2>/dev/null; do
      # Nothing is lost by it: whatever was acknowledged is on disk.
      ((SECONDS < deadline)) || { echo "down: $service (pid $pid) did not drain in time" >&2; kill -KILL "$pid"; }
      sleep 0.05
    done
    rm -f "$pid_file"
    echo "down: $service stopped"
  done
}

status() {
  alive "$var/redis/redis.pid" && echo "redis      running, pid $(cat "$var/redis/redis.pid")" || echo "redis      stopped"
  for service in "${services[@]}"; do
    if alive "$var/run/$service.pid"; then
      printf '%-10s running, pid %s, gRPC %s, metrics http://%s/metrics\n' "$service" "$(cat "$var/run/$service.pid")" \
        "$(grpc_address "$service")" "$(metrics_address "$service")"
    else
      printf '%-10s stopped\n' "$service"
    fi
  done
}

case ${1:-} in
  up) up ;;
  down) down ;;
  status) status ;;
  *) echo "usage: stack.sh up|down|status" >&2; exit 2 ;;
esac
