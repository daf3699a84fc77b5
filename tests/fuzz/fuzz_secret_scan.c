/*
 * fuzz_secret_scan.c - any bytes as a text that may hold secrets: the scan
 * ends, its hits lie in the text one behind the other, on ascending lines,
 * and what is left after replacing them holds no part of the text twice.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/buf.h"
#include "kb/secret_scan.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"mysql -uroot -pTr0ub4dor kb\nexport PGPASSWORD='a b'\n",
	"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
	"postgres://kb:pl4netarium@db1/kb app:x9y8z7@tcp(db1:3306)/kb",
	"Authorization: Basic YW5uOnBsNG5ldGFyaXVt\nAuthorization: Bearer "
	"9f8b7c6d5e4a3f2b1c0d9e8f\n",
	"密码：Xy9!kk20，密码是 \"x\\\"y9\" **Password**: `Mz4-tt-81x`",
	"db1:5432:kb:ann:pl4netarium\nmachine a login b password c9!dd\n",
	"echo 'ann:pl4net-arium' | chpasswd; sqlplus scott/l30pard@orcl\n",
	"CREATE USER a IDENTIFIED WITH x BY PASSWORD 'W1nterf3ll';",
	"{\"auth\": \"YW5uOnBsNG5ldGFyaXVt\", \"client_secret\"=>\"8Xk2\"}",
	"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI5ODQzMjEifQ.dBjftJeZ4CVPmB92K27uhb",
	NULL,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct secret_hit hit = { .to = 0 };
	struct buf out = BUF_INIT;
	size_t at = 0, line = 1, n = 0, kept = 0, put = 0;

	while (secret_scan_find(text, at, &hit)) {
		if (hit.from < at || hit.to <= hit.from || hit.to > size ||
		    hit.line < line || hit.form == NULL)
			abort();
		kept += hit.from - at;
		put += strlen(hit.placeholder);
		at = hit.to;
		line = hit.line;
		n++;
	}
	if (secret_scan_replace(text, &out) != n ||
	    out.len != kept + put + (size - at))
		abort();
	buf_free(&out);
	return 0;
}
