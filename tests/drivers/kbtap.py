# kbtap.py - TAP lines and the server's address, for the Python drivers.
#
# SPDX-License-Identifier: ISC
import os
import sys
import traceback

READ_ONLY = "42501" if os.environ.get("KB_TEST_TARGET") == "postgres" \
    else "25006"
ENDLESS = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
           " SELECT count(*) FROM n")
IMPORT = "CALL import_document(%s, %s, %s, NULL, %s)"
count = 0
failed = 0


def address():
    """Keywords for connect(): TCP, TLS, the certificate checked in full."""
    env = os.environ
    return {
        "host": env["KB_TEST_HOST"], "port": env["KB_TEST_PORT"],
        "user": env["KB_TEST_USER"], "password": env["KB_TEST_PASSWORD"],
        "sslrootcert": env["KB_TEST_CERT"], "sslmode": "verify-full",
        "dbname": "kb",
    }


def ok(condition, name, why=""):
    global count, failed
    count += 1
    print("%sok %d - %s" % ("" if condition else "not ", count, name))
    if not condition:
        failed += 1
        for line in str(why).splitlines() or [""]:
            print("# " + line)
    sys.stdout.flush()
    return condition


def same(got, want, name):
    return ok(got == want, name, "got %r, not %r" % (got, want))


def fails_with(call, sqlstate, name):
    """The call must raise a driver's error that has this SQLSTATE."""
    try:
        call()
    except Exception as error:
        got = getattr(error, "sqlstate", None) or \
            getattr(error, "pgcode", None)
        return ok(got == sqlstate, name, "%s: %s" % (got, error))
    return ok(False, name, "no error")


def run(tests):
    """Each test is a function; one that raises counts as one failure."""
    global failed
    for test in tests:
        try:
            test()
        except Exception:
            ok(False, test.__name__, traceback.format_exc())
    print("1..%d" % count)
    sys.exit(1 if failed else 0)
