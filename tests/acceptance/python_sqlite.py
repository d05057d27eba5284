"""sqlite3 in WAL mode: threads and processes write, readers keep their snapshots."""
import multiprocessing, sqlite3, threading


def connect():
    connection = sqlite3.connect("data.db", timeout=300, isolation_level=None)
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def insert(who):
    connection = connect()
    for batch in range(5):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO t(who, n) VALUES(?, ?)", [(who, batch * 100 + i) for i in range(100)])
        connection.execute("COMMIT")
    connection.close()


def main():
    db = connect()
    print(db.execute("PRAGMA journal_mode=WAL").fetchone())
    db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, who TEXT, n INTEGER)")
    reader = connect()
    reader.execute("BEGIN")
    print(reader.execute("SELECT count(*) FROM t").fetchone())
    workers = [threading.Thread(target=insert, args=[f"thread {n}"]) for n in range(3)]
    workers += [multiprocessing.get_context("spawn").Process(target=insert, args=[f"process {n}"]) for n in range(3)]
    [w.start() for w in workers], [w.join() for w in workers]
    print(reader.execute("SELECT count(*) FROM t").fetchone(), db.execute("SELECT count(*) FROM t").fetchone())
    reader.execute("COMMIT")
    print(reader.execute("SELECT who, count(*), sum(n) FROM t GROUP BY who").fetchall())
    print(db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone(), db.execute("PRAGMA integrity_check").fetchone())
    db.create_function("twice", 1, lambda n: n * 2)
    db.create_aggregate("longest", 1, type("Longest", (), {
        "__init__": lambda self: setattr(self, "value", ""),
        "step": lambda self, text: setattr(self, "value", max(self.value, text, key=lambda t: (len(t), t))),
        "finalize": lambda self: self.value}))
    print(db.execute("SELECT twice(max(n)), longest(who) FROM t").fetchone())
    try:
        db.execute("INSERT INTO t(id) VALUES(1)")
    except sqlite3.IntegrityError as error:
        print(error)
    copy = sqlite3.connect(":memory:")
    db.backup(copy)
    print(copy.execute("SELECT count(*), total(n) FROM t").fetchone(), len(list(copy.iterdump())))
    writer = connect()
    writer.execute("BEGIN IMMEDIATE")
    impatient = sqlite3.connect("data.db", timeout=0.05, isolation_level=None)
    try:
        impatient.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        print(error)
    writer.execute("ROLLBACK")


if __name__ == "__main__":
    main()
