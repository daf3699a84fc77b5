/*
 * requests.js - requests and what Node's strict parser makes of them.
 *
 *   node requests.js list        name TAB our status TAB Node's, where it
 *                                is another TAB the bytes in base64
 *   node requests.js node        name TAB the status of Node's server, or 0
 *
 * `ours` is what kbd must answer first: a status.
 *
 * SPDX-License-Identifier: ISC
 */
"use strict";

const http = require("http");
const net = require("net");

const H = "Host: localhost\r\n";
const C = "Connection: close\r\n";
const post = (lines, body) => "POST /login HTTP/1.1\r\n" + H + C + lines +
    "\r\n" + body;
const get = (target, lines) => "GET " + target + " HTTP/1.1\r\n" + H + C +
    (lines || "") + "\r\n";

/* 403: taken; the form it is has no token. */
const requests = [
	["plain", 200, get("/healthz")],
	["query", 200, get("/healthz?a=b%20c")],
	["lower case header", 200, "GET /healthz HTTP/1.1\r\nhost: localhost" +
	    "\r\nconnection: close\r\n\r\n"],
	["a length", 403, post("Content-Length: 3\r\n", "a=b")],
	["a length of zero", 403, post("Content-Length: 0\r\n", "")],
	["blanks around a length", 403, post("Content-Length:  3 \r\n", "a=b")],
	["chunks", 403, post("Transfer-Encoding: chunked\r\n",
	    "3\r\na=b\r\n0\r\n\r\n")],
	["a trailer", 403, post("Transfer-Encoding: chunked\r\n",
	    "3\r\na=b\r\n0\r\nX: y\r\n\r\n")],
	["an extension", 403, post("Transfer-Encoding: chunked\r\n",
	    "3;x=y\r\na=b\r\n0\r\n\r\n")],
	["no Host", 400, "GET /healthz HTTP/1.1\r\n\r\n"],
	["length and chunks", 400, post("Content-Length: 3\r\n" +
	    "Transfer-Encoding: chunked\r\n", "0\r\n\r\n")],
	["gzip, chunked", 400, post("Transfer-Encoding: gzip, chunked\r\n" +
	    "Content-Length: 3\r\n", "a=b")],
	["xchunked", 400, post("Transfer-Encoding: xchunked\r\n" +
	    "Content-Length: 3\r\n", "a=b")],
	["a blank before the colon", 400,
	    post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")],
	["two same lengths", 400,
	    post("Content-Length: 3\r\nContent-Length: 3\r\n", "a=b")],
	["two lengths", 400,
	    post("Content-Length: 3\r\nContent-Length: 30\r\n", "a=b")],
	["a list of lengths", 400, post("Content-Length: 3, 3\r\n", "a=b")],
	["+3", 400, post("Content-Length: +3\r\n", "a=b")],
	["0x3", 400, post("Content-Length: 0x3\r\n", "a=b")],
	["-1", 400, post("Content-Length: -1\r\n", "")],
	["chunk 0x3", 400, post("Transfer-Encoding: chunked\r\n",
	    "0x3\r\na=b\r\n0\r\n\r\n")],
	["chunk +3", 400, post("Transfer-Encoding: chunked\r\n",
	    "+3\r\na=b\r\n0\r\n\r\n")],
	["chunk -3", 400, post("Transfer-Encoding: chunked\r\n",
	    "-3\r\na=b\r\n0\r\n\r\n")],
	["a chunk that goes on", 400, post("Transfer-Encoding: chunked\r\n",
	    "3\r\na=bXX0\r\n\r\n")],
	["a bare LF", 400, "GET /healthz HTTP/1.1\nHost: localhost\n\n"],
	["a folded header", 400, get("/healthz", "X: a\r\n b\r\n")],
	["no name", 400, get("/healthz", ": a\r\n")],
	["a blank in a name", 400, get("/healthz", "X Y: a\r\n")],
	["no colon", 400, get("/healthz", "nothing\r\n")],
	["NUL in a value", 400, get("/healthz", "X: \0\r\n")],
	["NUL in the path", 400, get("/healthz\0")],
	["HTTP/1.9", 505, "GET /healthz HTTP/1.9\r\n" + H + "\r\n"],
	["a huge version", 400, "GET /healthz HTTP/4294967297.1\r\n" + H +
	    "\r\n"],
	["lower case method", 501, "get /healthz HTTP/1.1\r\n" + H + "\r\n"],
	["a tab", 400, "GET /healthz\tHTTP/1.1\r\n" + H + "\r\n"],
	["a blank in the path", 400, get("/a b")],
	["an odd Expect", 417, post("Expect: x\r\nContent-Length: 3\r\n",
	    "a=b")],
	/* we are stricter, for what stands in front of us may not be */
	["two Hosts", 400, "GET /healthz HTTP/1.1\r\n" + H + H + "\r\n", 200],
	["HTTP/0.9", 400, "GET /healthz\r\n\r\n", 200],
	["HTTP/2.0", 505, "GET /healthz HTTP/2.0\r\n" + H + C + "\r\n", 200],
	["two blanks", 400, "GET  /healthz HTTP/1.1\r\n" + H + C + "\r\n",
	    200],
	["absolute form", 400, get("http://localhost/healthz"), 200],
	["TRACE", 501, "TRACE /healthz HTTP/1.1\r\n" + H + C + "\r\n", 200],
	["a body on GET", 400, get("/healthz", "Content-Length: 3\r\n") +
	    "abc", 200],
	["a body on HEAD", 400, "HEAD /healthz HTTP/1.1\r\n" + H + C +
	    "Content-Length: 3\r\n\r\nabc", 200],
	["/../", 400, get("/../healthz"), 200],
	["/%2e%2e/", 400, get("/%2e%2e/healthz"), 200],
	["%00", 400, get("/%00"), 200],
	["no UTF-8", 400, get("/%ff"), 200],
	["65 headers", 431, get("/healthz", "X: y\r\n".repeat(65)), 200],
	["a long target", 414, get("/" + "a".repeat(2048)), 200],
	["a long head", 431, get("/healthz", "X: " + "y".repeat(16384) +
	    "\r\n"), 431],
	["a long body", 413, post("Content-Length: 99999999\r\n", ""), 0],
];

function ask(port, bytes) {
	return new Promise((done) => {
		let text = "";
		const s = net.connect(port, "127.0.0.1", () =>
		    s.write(Buffer.from(bytes, "latin1")));

		s.setTimeout(500, () => s.destroy());
		s.on("data", (d) => { text += d.toString("latin1"); });
		s.on("error", () => {});
		s.on("close", () => done(Number(
		    (/^HTTP\/1\.1 (?!100)(\d+)/m.exec(text) || [0, 0])[1])));
	});
}

async function node() {
	const server = http.createServer((req, res) => {
		req.on("data", () => {});
		req.on("end", () => { res.end("x"); });
	});

	await new Promise((f) => server.listen(0, "127.0.0.1", f));
	await Promise.all(requests.map(async ([name, , bytes]) => {
		console.log(name + "\t" + await ask(server.address().port,
		    bytes));
	}));
	server.close();
	server.closeAllConnections();
}

if (process.argv[2] === "node")
	node();
else
	for (const [name, ours, bytes, theirs] of requests)
		console.log([name, ours, theirs === undefined ? "" : theirs,
		    Buffer.from(bytes, "latin1").toString("base64")]
		    .join("\t"));
