# psycopg3-driver.py - psycopg 3: extended protocol, smallest integer types,
# binary results, statements prepared by themselves, pipelines, cancel.
#
# SPDX-License-Identifier: ISC
import datetime
import decimal
import os
import threading
import time
import uuid

import psycopg

from kbtap import ENDLESS, IMPORT, READ_ONLY, address, fails_with, ok, run, \
    same

name = "drivers/psycopg3-%d" % os.getpid()
markdown = "# OOM 内存不足\n\nFix: `free -h`\n"
seen = "SELECT count(*) FROM documents WHERE name = %s"


def connect(**more):
    return psycopg.connect(**address(), **more)


def connects():
    c = connect()
    ok(c.info.server_version >= 150000, "server_version",
       c.info.server_version)
    ok(c.pgconn.ssl_in_use, "TLS is in use")
    same(c.info.parameter_status("TimeZone") is not None, True,
         "TimeZone is reported")
    c.close()


def types():
    row = "SELECT id, title, archived, updated_at, parent_id, depth" \
        " FROM entries WHERE document = %s ORDER BY id LIMIT 1"
    for binary in (False, True):
        how = "binary" if binary else "text"
        with connect() as c, c.cursor(binary=binary) as cur:
            got = cur.execute(row, ("fixture/alpha",)).fetchone()
            same([type(v) for v in got], [int, str, bool, datetime.datetime,
                 type(None), int], "values have Python's types, " + how)
            same(cur.pgresult.fformat(0), 1 if binary else 0,
                 "the format is what was asked for, " + how)
            text = c.execute("SELECT CAST(%s AS text)", ("磁盘",)).fetchone()
            same(text[0], "磁盘", "a text parameter comes back, " + how)
            if binary:
                same(got, last, "binary and text say the same")
            last = got


def parameters():
    day = datetime.date(2020, 1, 1)
    stamp = datetime.datetime(2026, 11, 23, 19, 16, 39, 142501,
                              datetime.timezone.utc)
    number = uuid.UUID("734d4863-9959-4eb1-af7a-482ca7cd5f4e")
    values = (0, 70000, 2 ** 40, True, 1.5, day, stamp, number,
              decimal.Decimal("1.20"), b"\x00\x01\xff", None)
    for binary in (False, True):
        with connect() as c, c.cursor(binary=binary) as cur:
            for value in values:
                got = cur.execute("SELECT %s", (value,)).fetchone()[0]
                same(got, value, "%s %r comes back, %s" % (type(
                     value).__name__, value,
                     "binary" if binary else "text"))


def prepares():
    sql = "SELECT title FROM entries WHERE id = %s"
    with connect() as c:
        c.prepare_threshold = 2
        ids = [r[0] for r in c.execute(
            "SELECT id FROM entries ORDER BY id LIMIT 10")]
        one = [c.execute(sql, (i,)).fetchone() for i in ids]
        both = c.execute("SELECT title FROM entries ORDER BY id LIMIT 10")
        same(one, both.fetchall(), "ten runs of one statement")
        ok(len(c._prepared._names) > 0, "it was prepared")
        try:
            c.execute("SELECT nosuch FROM entries")
        except psycopg.errors.UndefinedColumn:
            c.rollback()
        same(c.execute(sql, (ids[0],)).fetchone(), one[0],
             "and again after DEALLOCATE ALL")


def transactions():
    with connect() as c:
        row = c.execute(IMPORT, (name, name + ".md", markdown,
                                 "test")).fetchone()
        same(row[0], name, "CALL returns the document")
        same(c.execute(seen, (name,)).fetchone()[0], 1,
             "the transaction sees its document")
        c.rollback()
        same(c.execute(seen, (name,)).fetchone()[0], 0,
             "ROLLBACK takes it back")
        c.commit()
        with c.transaction():
            c.execute(IMPORT, (name, name + ".md", markdown, "test"))
            try:
                with c.transaction():
                    c.execute(IMPORT, (name + "-2", "x.md", "# X\n", "test"))
                    raise psycopg.Rollback()
            except psycopg.Rollback:
                pass
        same(c.execute(seen, (name,)).fetchone()[0], 1, "COMMIT keeps it")
        same(c.execute(seen, (name + "-2",)).fetchone()[0], 0,
             "a rolled back savepoint does not")


def pipelines():
    with connect() as c:
        with c.pipeline():
            curs = [c.execute("SELECT %s + 1", (i,)) for i in range(100)]
        same([cur.fetchone()[0] for cur in curs], list(range(1, 101)),
             "a hundred statements in one pipeline")
        c.commit()
        try:
            with c.pipeline() as p:
                c.execute("SELECT 1")
                p.sync()
                bad = c.execute("SELECT nosuch FROM entries")
                c.execute("SELECT 2")
                p.sync()
            ok(False, "an error in a pipeline is raised", bad)
        except psycopg.Error as error:
            same(error.sqlstate, "42703", "an error in a pipeline is raised")
        c.rollback()
        same(c.execute("SELECT 3").fetchone()[0], 3,
             "the connection goes on after it")
    with connect(autocommit=True) as c:
        try:
            with c.pipeline():
                c.execute(IMPORT, (name + "-3", "x.md", "# X\n", "test"))
                c.execute("SELECT nosuch FROM entries")
        except psycopg.Error as error:
            ok(error.sqlstate in ("42703", "25P02"),
               "an error after a CALL in one pipeline", error.sqlstate)
        same(c.execute(seen, (name + "-3",)).fetchone()[0], 0,
             "takes the CALL back, too")


def many():
    with connect() as c, c.cursor() as cur:
        cur.executemany("SELECT title FROM entries WHERE id = %s",
                        [(i,) for i in range(1, 6)], returning=True)
        sets = 1
        while cur.nextset():
            sets += 1
        same(sets, 5, "executemany() has five results")


def failures():
    with connect(autocommit=True) as c:
        fails_with(lambda: c.execute("SELECT * FROM nosuch"), "42P01",
                   "an unknown table is 42P01")
        fails_with(lambda: c.execute("SELECT nosuch(1)"), "42883",
                   "an unknown function is 42883")
        fails_with(lambda: c.execute("SELEC 1"), "42601",
                   "a syntax error is 42601")
        fails_with(lambda: c.execute("SELECT 1; SELECT %s", (1,)), "42601",
                   "two statements with parameters are 42601")
        fails_with(lambda: c.execute("UPDATE entries SET title = %s",
                   ("x",)), READ_ONLY, "UPDATE is refused")
        try:
            c.execute("SELECT id, nosuch FROM entries")
        except psycopg.Error as error:
            same(error.diag.statement_position, "12",
                 "the position counts characters of the statement")


def cancels():
    with connect(autocommit=True) as c:
        timer = threading.Timer(0.5, c.cancel)
        timer.start()
        start = time.time()
        fails_with(lambda: c.execute(ENDLESS), "57014", "cancel() is 57014")
        ok(time.time() - start < 3, "and prompt", time.time() - start)
        timer.join()
        c.cancel()
        time.sleep(0.2)
        same(c.execute("SELECT 42").fetchone()[0], 42,
             "a late cancel does not hit the next statement")


run([connects, types, parameters, prepares, transactions, pipelines, many,
     failures, cancels])
