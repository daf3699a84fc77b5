// node-driver.js - node-postgres and pg-cursor: text results, named
// statements, portals read in parts with Flush.
//
// SPDX-License-Identifier: ISC
'use strict';

const fs = require('fs');
const env = process.env;
const modules = env.KB_NODE_MODULES;
const { Client, Pool } = require(modules + '/pg');
const Cursor = require(modules + '/pg-cursor');

const name = `drivers/node-${process.pid}`;
const markdown = '# Timeout 超时\n\nFix: `curl -v`\n';
const readOnly = env.KB_TEST_TARGET === 'postgres' ? '42501' : '25006';
const importSql = 'CALL import_document($1, $2, $3, NULL, $4)';
const address = {
	host: env.KB_TEST_HOST, port: Number(env.KB_TEST_PORT),
	user: env.KB_TEST_USER, password: env.KB_TEST_PASSWORD,
	database: 'kb', ssl: { ca: fs.readFileSync(env.KB_TEST_CERT) },
};
let count = 0;
let failed = 0;

// the server listens on 127.0.0.1; Node 18 tries one address of localhost
require('dns').setDefaultResultOrder('ipv4first');

function ok(condition, what, why) {
	count++;
	console.log(`${condition ? '' : 'not '}ok ${count} - ${what}`);
	if (!condition) {
		failed++;
		console.log(`# ${String(why).replace(/\n/g, '\n# ')}`);
	}
}

function same(got, want, what) {
	const a = JSON.stringify(got), b = JSON.stringify(want);

	ok(a === b, what, `got ${a}, not ${b}`);
}

async function failsWith(promise, sqlstate, what) {
	try {
		await promise;
		ok(false, what, 'no error');
	} catch (error) {
		ok(error.code === sqlstate, what, `${error.code} ${error.message}`);
	}
}

async function reads(c) {
	let r = await c.query('SELECT count(*) FROM entries');

	ok(Number(r.rows[0].count) > 1000, 'rows[0].count', r.rows[0]);
	r = await c.query('SELECT id, title, updated_at, archived, depth' +
	    ' FROM entries WHERE document = $1 ORDER BY id LIMIT 1',
	    ['fixture/alpha']);
	same(r.fields.map((f) => f.name), ['id', 'title', 'updated_at',
	    'archived', 'depth'], 'columns have their names');
	same(r.fields.map((f) => f.dataTypeID), [20, 25, 1184, 16, 23],
	    'columns have their types');
	ok(r.rows[0].updated_at instanceof Date &&
	    Math.abs(Date.now() - r.rows[0].updated_at) < 3600e3,
	    'a timestamp is a Date', r.rows[0].updated_at);
	same(r.rows[0].archived, false, 'a bool is a boolean');
	r = await c.query('SELECT $1::int AS a, $2::text AS b, $3::bool AS c',
	    [7, '中文 \\ \'', null]);
	same(r.rows[0], { a: 7, b: '中文 \\ \'', c: null },
	    'parameters with a cast come back');
	r = await c.query('SELECT rank, title FROM search($1) ORDER BY rank',
	    ['docker']);
	same(r.rows[0].rank, 1, 'search() answers');
	for (let i = 1; i <= 3; i++) {
		r = await c.query({ name: 'by-id', values: [i],
		    text: 'SELECT id FROM entries WHERE id = $1' });
		same(r.rows, [{ id: String(i) }], `a named statement, run ${i}`);
	}
	r = await c.query('SELECT 1 AS a; SELECT 2 AS b');
	same(r.map((x) => x.rows[0]), [{ a: 1 }, { b: 2 }],
	    'two statements in one query');
	r = await c.query('');
	same(r.rows, [], 'an empty query');
}

async function cursors(c) {
	const sql = 'SELECT id FROM entries ORDER BY id';
	const all = (await c.query(sql)).rows.map((r) => r.id);

	for (const size of [1, 2, 100, 1000, 100000]) {
		const cursor = c.query(new Cursor(sql));
		const got = [];
		const most = size < 100 ? 10 * size : Infinity;

		while (got.length < most) {
			const rows = await cursor.read(size);
			got.push(...rows.map((r) => r.id));
			if (rows.length < size)
				break;
		}
		await cursor.close();
		same(got, all.slice(0, Math.min(most, all.length)),
		    `a cursor read ${size} rows at a time`);
	}
	const bad = c.query(new Cursor('SELECT nosuch FROM entries'));
	await failsWith(bad.read(1), '42703', 'a cursor over an error');
	same((await c.query('SELECT 1 AS one')).rows[0].one, 1,
	    'the connection goes on');
}

async function transactions(c) {
	const seen = async () => Number((await c.query(
	    'SELECT count(*) FROM documents WHERE name = $1', [name]
	    )).rows[0].count);

	await c.query('BEGIN');
	const r = await c.query(importSql, [name, `${name}.md`, markdown, 't']);
	same(r.rows[0].document, name, 'CALL returns a row');
	same(r.command, 'CALL', 'its tag is CALL');
	same(await seen(), 1, 'the transaction sees its document');
	await c.query('ROLLBACK');
	same(await seen(), 0, 'ROLLBACK takes it back');
	await c.query('BEGIN');
	await c.query(importSql, [name, `${name}.md`, markdown, 't']);
	await c.query('COMMIT');
	same(await seen(), 1, 'COMMIT keeps it');
	await c.query('BEGIN');
	await failsWith(c.query('SELECT * FROM nosuch'), '42P01',
	    'an unknown table is 42P01');
	await failsWith(c.query('SELECT 1'), '25P02', 'then all is 25P02');
	same((await c.query('COMMIT')).command, 'ROLLBACK',
	    'COMMIT of a failed transaction says ROLLBACK');
	await failsWith(c.query('INSERT INTO entries(id) VALUES ($1)', [1]),
	    readOnly, 'INSERT is refused');
}

async function pools() {
	const pool = new Pool({ ...address, max: 8 });
	const got = await Promise.all([...Array(200).keys()].map((i) =>
	    pool.query('SELECT $1::int AS i', [i])));

	same(got.map((r) => r.rows[0].i), [...Array(200).keys()],
	    'two hundred queries over a pool of eight');
	await pool.end();
}

async function main() {
	const c = new Client(address);
	const bad = new Client({ ...address, password: 'wrong' });

	await c.connect();
	await reads(c);
	await cursors(c);
	await transactions(c);
	await c.end();
	await pools();
	await failsWith(bad.connect(), '28P01', 'a wrong password is 28P01');
}

main().catch((error) => ok(false, 'no exception', error.stack)).then(() => {
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
});
