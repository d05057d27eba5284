# A database file in WAL mode, written and read by several processes.
set -euo pipefail
sqlite3 data.db 'PRAGMA journal_mode=WAL; CREATE TABLE t(id INTEGER PRIMARY KEY, who INT, text TEXT); CREATE INDEX byWho ON t(who);'
for who in 1 2 3; do
  for batch in 1 2 3; do
    {
      echo '.timeout 30000'
      echo "BEGIN IMMEDIATE; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300) INSERT INTO t(who, text) SELECT $who, 'row ' || i || ' of $batch' FROM n; COMMIT;"
    } | sqlite3 data.db
  done &
done
wait
ls data.db*
sqlite3 data.db 'SELECT who, count(*), min(text), max(text) FROM t GROUP BY who; PRAGMA integrity_check;'
# A reader keeps its snapshot while another writes.
coproc READER { sqlite3 data.db; }
echo "BEGIN; SELECT count(*) FROM t;" >&"${READER[1]}"; read -r n <&"${READER[0]}"; echo "reader: $n"
sqlite3 data.db "DELETE FROM t WHERE who=2; SELECT count(*) FROM t;"
echo "SELECT count(*) FROM t; COMMIT; SELECT count(*) FROM t;" >&"${READER[1]}"; read -r n <&"${READER[0]}"; echo "reader: $n"; read -r n <&"${READER[0]}"; echo "reader: $n"
echo "BEGIN; SELECT 1;" >&"${READER[1]}"; read -r n <&"${READER[0]}"
sqlite3 data.db "BEGIN EXCLUSIVE; INSERT INTO t(who) VALUES(9); COMMIT; PRAGMA wal_checkpoint(PASSIVE);" | cut -d'|' -f1
eval "exec ${READER[1]}>&-"; wait "$READER_PID" 2>/dev/null || true
sqlite3 data.db "PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA page_count; SELECT count(*), sum(length(text)) FROM t;"
ls data.db*
# A writer that is killed leaves nothing half.
coproc WRITER { exec sqlite3 data.db; }
pid=$WRITER_PID
echo 'PRAGMA journal_mode=WAL; BEGIN; UPDATE t SET text = text || text; SELECT 1;' >&"${WRITER[1]}"
read -r n <&"${WRITER[0]}"; read -r n <&"${WRITER[0]}"; kill -9 "$pid"; wait "$pid" 2>/dev/null || echo "killed: $?"
sqlite3 data.db ".timeout 30000" "PRAGMA integrity_check; SELECT max(length(text)) FROM t; PRAGMA journal_mode=DELETE; CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f SELECT text FROM t; SELECT count(*) FROM f WHERE f MATCH 'row AND 17';"
sqlite3 data.db 'SELECT who, text FROM t ORDER BY who, text' | cksum; sqlite3 data.db .dump | wc -l
