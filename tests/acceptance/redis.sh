# redis-server, redis-cli and redis-benchmark over loopback.
set -euo pipefail
port=7391
redis-server --port $port --bind 127.0.0.1 --save '' --appendonly yes --daemonize no --dir . --logfile log & server=$!
cli() { redis-cli -p $port "$@"; }
for _ in $(seq 200); do [[ $(cli ping 2>/dev/null || true) == PONG ]] && break; sleep 0.1; done
cli ping
cli set key value; cli get key; cli incrby counter 42; cli append key ' more'; cli get key
for n in $(seq 50); do echo "rpush list item$n"; done | cli | tail -1
cli lrange list 10 14; cli hset hash a 1 b 2 c 3; cli hgetall hash; cli zadd set 3 three 1 one 2 two; cli zrange set 0 -1 withscores
printf 'multi\nset x 1\nincr x\nexec\n' | cli
cli eval 'local sum = 0 for i = 1, tonumber(ARGV[1]) do sum = sum + i end return {sum, redis.call("get", KEYS[1])}' 1 key 1000
cli set short lived px 20; sleep 0.1; cli exists short
redis-cli -p $port subscribe channel >heard & listener=$!
until [[ $(cli pubsub numsub channel | tail -1) == 1 ]]; do sleep 0.02; done
cli publish channel message; until (($(wc -l <heard) >= 6)); do sleep 0.02; done; kill $listener; wait $listener 2>/dev/null || tail -3 heard
cli bgsave; until [[ $(cli info persistence | tr -d '\r' | sed -n 's/rdb_bgsave_in_progress://p') == 0 ]]; do sleep 0.05; done
[[ -s dump.rdb ]] && redis-check-rdb dump.rdb >/dev/null && echo 'dump is good'
redis-benchmark -p $port -n 2000 -c 20 -P 4 -q -t ping,set,get,incr,lpush,lrange_100 --csv | cut -d, -f1
cli dbsize; cli no such command; cli object encoding counter
cli client list | grep -c name= || true
cli shutdown nosave; wait $server; echo "server: $?"
redis-check-aof appendonlydir/appendonly.aof.manifest | tail -1
redis-server --port $port --bind 127.0.0.1 --save '' --appendonly yes --dir . --logfile log & server=$!
for _ in $(seq 200); do [[ $(cli ping 2>/dev/null || true) == PONG ]] && break; sleep 0.1; done
cli get key; cli llen list; kill $server; wait $server || true; tail -1 log | grep -o 'bye bye.*'
