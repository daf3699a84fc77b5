/*
 * Pgjdbc.java - pgjdbc: fetch size, server-side statements from the fifth
 * run on with binary results and no Describe, savepoints, timeouts.
 *
 * Timestamps are compared with those that a second connection reads in text
 * (preferQueryMode=simple): a driver that misreads the binary form shows
 * 2000-01-01 without any error.
 *
 * SPDX-License-Identifier: ISC
 */
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

public class Pgjdbc {
	static int count;
	static int failed;
	static final String ENDLESS =
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
	    + " SELECT count(*) FROM n";

	interface Test {
		void run() throws Exception;
	}

	static void
	ok(boolean condition, String name, Object why)
	{
		count++;
		System.out.println((condition ? "ok " : "not ok ") + count
		    + " - " + name);
		if (!condition) {
			failed++;
			System.out.println("# " + why);
		}
	}

	static void
	same(Object got, Object want, String name)
	{
		ok(Objects.equals(got, want), name,
		    "got " + got + ", not " + want);
	}

	static void
	failsWith(Test test, String sqlstate, String name) throws Exception
	{
		try {
			test.run();
			ok(false, name, "no error");
		} catch (SQLException e) {
			ok(sqlstate.equals(e.getSQLState()), name,
			    e.getSQLState() + " " + e.getMessage());
		}
	}

	static Connection
	connect(String... more) throws SQLException
	{
		Properties p = new Properties();
		String url = "jdbc:postgresql://" + System.getenv("KB_TEST_HOST")
		    + ":" + System.getenv("KB_TEST_PORT") + "/kb";

		p.setProperty("user", System.getenv("KB_TEST_USER"));
		p.setProperty("password", System.getenv("KB_TEST_PASSWORD"));
		p.setProperty("sslmode", "verify-full");
		p.setProperty("sslrootcert", System.getenv("KB_TEST_CERT"));
		for (int i = 0; i < more.length; i += 2)
			p.setProperty(more[i], more[i + 1]);
		return DriverManager.getConnection(url, p);
	}

	static long
	number(Connection c, String sql) throws SQLException
	{
		try (Statement s = c.createStatement();
		    ResultSet r = s.executeQuery(sql)) {
			r.next();
			return r.getLong(1);
		}
	}

	static void
	connects() throws Exception
	{
		try (Connection c = connect()) {
			same(c.getMetaData().getDatabaseMajorVersion(), 15,
			    "the server's version");
			ok(c.isValid(2), "isValid", "no");
			same(number(c, "SELECT count(*) AS n FROM documents"
			    + " WHERE name = 'fixture/alpha'"), 1L,
			    "a plain statement");
		}
		failsWith(() -> connect("password", "wrong").close(), "28P01",
		    "a wrong password is 28P01");
	}

	/* What the text protocol says about the first ten entries. */
	static List<OffsetDateTime>
	timesInText() throws Exception
	{
		List<OffsetDateTime> times = new ArrayList<>();

		try (Connection c = connect("preferQueryMode", "simple");
		    Statement s = c.createStatement();
		    ResultSet r = s.executeQuery("SELECT updated_at FROM"
		    + " entries ORDER BY id LIMIT 10")) {
			while (r.next())
				times.add(OffsetDateTime.parse(r.getString(1)
				    .replace(' ', 'T')));
		}
		return times;
	}

	static void
	timestamps() throws Exception
	{
		List<OffsetDateTime> want = timesInText();
		String sql = "SELECT id, updated_at, title, archived, depth"
		    + " FROM entries WHERE id >= ? ORDER BY id LIMIT 1";
		long id = 0;

		try (Connection c = connect();
		    PreparedStatement s = c.prepareStatement(sql)) {
			for (int i = 0; i < 10; i++) {
				s.setLong(1, id + 1);
				try (ResultSet r = s.executeQuery()) {
					r.next();
					id = r.getLong(1);
					same(r.getTimestamp(2).toInstant(),
					    want.get(i).toInstant(),
					    "run " + (i + 1) + ": timestamp");
					if (i == 0 || i == 9) {
						same(r.getBoolean(4), false,
						    "bool");
						ok(r.getInt(5) >= 0, "int",
						    r.getInt(5));
					}
				}
			}
		}
	}

	static void
	parameters() throws Exception
	{
		String sql = "SELECT CAST(? AS bigint), CAST(? AS integer),"
		    + " CAST(? AS text), CAST(? AS double precision),"
		    + " CAST(? AS boolean)";

		try (Connection c = connect();
		    PreparedStatement s = c.prepareStatement(sql)) {
			for (int i = 0; i < 10; i++) {
				s.setLong(1, 1L << 40);
				s.setInt(2, -i);
				s.setString(3, i == 9 ? null : "磁盘 \\ '");
				s.setDouble(4, 0.1);
				s.setBoolean(5, i % 2 == 0);
				try (ResultSet r = s.executeQuery()) {
					r.next();
					same(List.of(r.getLong(1), r.getInt(2),
					    String.valueOf(r.getString(3)),
					    r.getDouble(4), r.getBoolean(5)),
					    List.of(1L << 40, -i,
					    i == 9 ? "null" : "磁盘 \\ '",
					    0.1, i % 2 == 0),
					    "parameters, run " + (i + 1));
				}
			}
			same(s.getMetaData().getColumnType(1), Types.BIGINT,
			    "the type of a column before the run");
			same(s.getParameterMetaData().getParameterType(3),
			    Types.VARCHAR, "the type of a parameter");
		}
	}

	static void
	fetchSizes() throws Exception
	{
		for (int size : new int[] { 1, 2, 50, 1000 }) {
			long n = 0, last = 0;
			boolean rising = true;

			try (Connection c = connect()) {
				long all;

				c.setAutoCommit(false);
				all = number(c, "SELECT count(*) FROM entries");
				try (Statement s = c.createStatement()) {
					s.setFetchSize(size);
					ResultSet r = s.executeQuery("SELECT id"
					    + " FROM entries ORDER BY id");
					while (r.next()) {
						rising &= r.getLong(1) > last;
						last = r.getLong(1);
						n++;
					}
				}
				same(n, all, "all rows with fetch size " + size);
				ok(rising, "in order", "no");
				c.commit();
			}
		}
		try (Connection c = connect();
		    Statement s = c.createStatement()) {
			long n = 0;

			s.setMaxRows(7);
			ResultSet r = s.executeQuery("SELECT id FROM entries");
			while (r.next())
				n++;
			same(n, 7L, "setMaxRows");
		}
	}

	static boolean
	importDocument(Connection c, String name) throws SQLException
	{
		String sql = "CALL import_document(?, ?, ?, NULL, ?)";

		try (PreparedStatement s = c.prepareStatement(sql)) {
			s.setString(1, name);
			s.setString(2, name + ".md");
			s.setString(3, "# Deadlock 死锁\n\nFix: `kill`\n");
			s.setString(4, "test");
			return s.execute();
		}
	}

	static void
	transactions() throws Exception
	{
		String name = "drivers/pgjdbc-" + ProcessHandle.current().pid();
		String seen = "SELECT count(*) FROM documents WHERE name = '"
		    + name + "'";

		try (Connection c = connect()) {
			c.setAutoCommit(false);
			ok(importDocument(c, name), "CALL returns a row", "no");
			same(number(c, seen), 1L, "the transaction sees it");
			c.rollback();
			same(number(c, seen), 0L, "rollback takes it back");
			importDocument(c, name);
			Savepoint p = c.setSavepoint("a");
			failsWith(() -> number(c, "SELECT nosuch FROM entries"),
			    "42703", "an unknown column is 42703");
			failsWith(() -> number(c, "SELECT 1"), "25P02",
			    "then all is 25P02");
			c.rollback(p);
			c.commit();
			same(number(c, seen), 1L, "commit keeps it");
			c.commit();
			c.setAutoCommit(true);
			c.setReadOnly(true);
			c.setReadOnly(false);
			same(c.getTransactionIsolation(),
			    Connection.TRANSACTION_READ_COMMITTED,
			    "the isolation level is read committed");
		}
	}

	static void
	timeouts() throws Exception
	{
		try (Connection c = connect();
		    Statement s = c.createStatement()) {
			s.setQueryTimeout(1);
			failsWith(() -> s.executeQuery(ENDLESS), "57014",
			    "setQueryTimeout is 57014");
			s.setQueryTimeout(0);
			same(number(c, "SELECT 42"), 42L,
			    "the connection goes on");
		}
	}

	static void
	searches() throws Exception
	{
		try (Connection c = connect();
		    PreparedStatement s = c.prepareStatement("SELECT rank,"
		    + " entry_id, title, score, answer FROM search(?)"
		    + " ORDER BY rank")) {
			s.setString(1, "docker");
			ResultSet r = s.executeQuery();
			ok(r.next() && r.getInt("rank") == 1
			    && r.getString("answer").startsWith("{"),
			    "search() answers", "no");
		}
	}

	static void
	run(String name, Test test)
	{
		try {
			test.run();
		} catch (Exception e) {
			ok(false, name, e);
			e.printStackTrace();
		}
	}

	public static void
	main(String[] args)
	{
		run("connects", Pgjdbc::connects);
		run("timestamps", Pgjdbc::timestamps);
		run("parameters", Pgjdbc::parameters);
		run("fetchSizes", Pgjdbc::fetchSizes);
		run("transactions", Pgjdbc::transactions);
		run("timeouts", Pgjdbc::timeouts);
		run("searches", Pgjdbc::searches);
		System.out.println("1.." + count);
		System.exit(failed > 0 ? 1 : 0);
	}
}
