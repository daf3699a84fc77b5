# psycopg2-driver.py - psycopg2: simple protocol, parameters put in by the
# client, transactions by default, cancel from another thread.
#
# SPDX-License-Identifier: ISC
import datetime
import os
import threading
import time

import psycopg2
import psycopg2.extensions as ext

from kbtap import ENDLESS, IMPORT, READ_ONLY, address, fails_with, ok, run, \
    same

name = "drivers/psycopg2-%d" % os.getpid()
markdown = "# Disk full 磁盘已满\n\nFix: `df -h`, 100% \\ 'quoted'\n"


def value(c, sql, params=None):
    with c.cursor() as cur:
        cur.execute(sql, params)
        return cur.fetchone()[0]


def connects():
    c = psycopg2.connect(**address())
    ok(c.server_version >= 150000, "server_version", c.server_version)
    same(c.encoding, "UTF8", "client_encoding is UTF8")
    same(c.get_parameter_status("standard_conforming_strings"), "on",
         "standard_conforming_strings is on")
    same(c.get_parameter_status("integer_datetimes"), "on",
         "integer_datetimes is on")
    ok(c.info.ssl_in_use, "TLS is in use")
    c.close()


def reads():
    c = psycopg2.connect(**address())
    c.autocommit = True
    with c.cursor() as cur:
        cur.execute("SELECT id, title, archived, updated_at, parent_id"
                    " FROM entries WHERE document = %s ORDER BY id LIMIT 1",
                    ("fixture/alpha",))
        row = cur.fetchone()
        names = [d.name for d in cur.description]
        same(names, ["id", "title", "archived", "updated_at", "parent_id"],
             "columns have their names")
        same([type(v) for v in row], [int, str, bool, datetime.datetime,
             type(None)], "values have Python's types")
        ok(row[3].tzinfo is not None and abs(time.time() -
           row[3].timestamp()) < 3600, "a timestamp has its zone", row[3])
        cur.execute("SELECT count(*) FROM entries WHERE title = %s",
                    ("back\\slash 'n quote",))
        same(cur.fetchone()[0], 1, "a parameter with backslash and quote")
        cur.execute("SELECT count(*) FROM entries WHERE id IN %s",
                    (tuple(range(1, 50)),))
        ok(cur.fetchone()[0] > 0, "a tuple makes an IN list")
        cur.execute("SELECT %s, %s, %s", (None, True, 2.5))
        same([str(v) for v in cur.fetchone()], ["None", "True", "2.5"],
             "NULL, bool and float come back")
    c.close()


def searches():
    c = psycopg2.connect(**address())
    with c.cursor() as cur:
        cur.execute("SELECT rank, entry_id, title, score, answer"
                    " FROM search(%s) ORDER BY rank", ("docker",))
        rows = cur.fetchall()
        ok(len(rows) >= 1 and rows[0][0] == 1, "search() answers", rows)
        cur.execute("SELECT * FROM search(%s, %s)", ("docker", 1))
        same(len(cur.fetchall()), 1, "search() has a limit")
        cur.execute("SELECT * FROM search(%s)", ("",))
        same(cur.fetchall(), [], "an empty search has no rows")
    c.close()


def transactions():
    c = psycopg2.connect(**address())
    seen = "SELECT count(*) FROM documents WHERE name = %s"
    with c.cursor() as cur:
        cur.execute(IMPORT, (name, name + ".md", markdown, "test"))
        same(cur.description[0].name, "document", "CALL returns a row")
        same(cur.fetchone()[0], name, "CALL returns the document")
    same(c.get_transaction_status(), ext.TRANSACTION_STATUS_INTRANS,
         "a CALL is inside a transaction")
    same(value(c, seen, (name,)), 1, "the transaction sees its document")
    c.rollback()
    same(value(c, seen, (name,)), 0, "ROLLBACK takes it back")
    c.rollback()
    with c, c.cursor() as cur:
        cur.execute(IMPORT, (name, name + ".md", markdown, "test"))
    other = psycopg2.connect(**address())
    same(value(other, seen, (name,)), 1, "COMMIT keeps it for others")
    same(value(other, "SELECT markdown FROM entries WHERE document = %s"
         " ORDER BY id DESC LIMIT 1", (name,)), markdown,
         "the text is the same")
    other.close()
    c.close()


def failures():
    c = psycopg2.connect(**address())
    fails_with(lambda: value(c, "SELECT nosuch FROM entries"), "42703",
               "an unknown column is 42703")
    same(c.get_transaction_status(), ext.TRANSACTION_STATUS_INERROR,
         "the transaction has failed")
    fails_with(lambda: value(c, "SELECT 1"), "25P02",
               "everything else in it is 25P02")
    c.rollback()
    with c.cursor() as cur:
        cur.execute("SAVEPOINT a")
    fails_with(lambda: value(c, "SELECT * FROM nosuch"), "42P01",
               "an unknown table is 42P01")
    with c.cursor() as cur:
        cur.execute("ROLLBACK TO SAVEPOINT a")
    same(value(c, "SELECT 1"), 1, "ROLLBACK TO SAVEPOINT mends it")
    c.rollback()
    fails_with(lambda: value(c, "DELETE FROM entries"), READ_ONLY,
               "DELETE is refused")
    c.close()


def cancels():
    c = psycopg2.connect(**address())
    timer = threading.Timer(0.5, c.cancel)
    timer.start()
    start = time.time()
    fails_with(lambda: value(c, ENDLESS), "57014", "cancel() is 57014")
    ok(time.time() - start < 3, "and prompt", time.time() - start)
    timer.join()
    c.rollback()
    same(value(c, "SELECT 42"), 42, "the connection goes on")
    c.close()


def several_statements():
    c = psycopg2.connect(**address())
    c.autocommit = True
    same(value(c, "SELECT 1; SELECT 2"), 2, "two statements in one query")
    with c.cursor() as cur:
        cur.execute("SET application_name TO 'changed'")
    same(c.get_parameter_status("application_name"), "changed",
         "SET application_name is reported")
    c.set_session(isolation_level="READ COMMITTED", autocommit=False)
    same(value(c, "SHOW transaction_isolation"), "read committed",
         "SHOW transaction_isolation")
    c.close()


def wrong_password():
    try:
        psycopg2.connect(**dict(address(), password="wrong"))
        ok(False, "a wrong password is refused")
    except psycopg2.OperationalError as error:
        ok("password authentication failed" in str(error),
           "a wrong password is refused", error)


run([connects, reads, searches, transactions, failures, cancels,
     several_statements, wrong_password])
