/*
 * test_secret_scan.c - facts about what is a secret and what stands for one.
 *
 * No secret here is one: all were made up. They are written with "~" inside,
 * which is taken out before use, so that no scanner of this source barks.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/clock.h"
#include "kb/secret_scan.h"

/* A text with its secret between « and ». */
struct planted {
	const char *form;
	const char *text;
};

#define KEY_BODY "MIIEowIBAAKCAQEAx8f3kq0Zb1Vt7nKQm2cWd5yUo9LrTzE4hXsGaPjBiN6v\n" \
	"RwYe3uFkD0lMqH7tJcSgA1xZ8pVbO5nIrC2fTdQmKeWyLhUaXs9vPjEzGo4BiN7\n"

static const struct planted planted[] = {
	{ "private key", "ok\n«-----BEGIN ~RSA PRIVATE KEY-----\n" KEY_BODY
	    "-----END ~RSA PRIVATE KEY-----»\nok\n" },
	{ "private key", "«-----BEGIN ~PRIVATE KEY-----\n" KEY_BODY
	    "-----END ~PRIVATE KEY-----»" },
	{ "private key", "«-----BEGIN ~OPENSSH PRIVATE KEY-----\n" KEY_BODY
	    KEY_BODY "-----END ~OPENSSH PRIVATE KEY-----»\n" },
	{ "private key", "«-----BEGIN ~EC PRIVATE KEY-----\n" KEY_BODY
	    "-----END ~EC PRIVATE KEY-----»\n" },
	{ "private key", "«-----BEGIN ~ENCRYPTED PRIVATE KEY-----\n" KEY_BODY
	    "-----END ~ENCRYPTED PRIVATE KEY-----»\n" },
	{ "private key", "«-----BEGIN ~PGP PRIVATE KEY BLOCK-----\n"
	    "Version: GnuPG v2.0.22 (GNU/Linux)\n\n" KEY_BODY "=aB3d\n"
	    "-----END ~PGP PRIVATE KEY BLOCK-----»\n" },
	{ "private key", "  tls.key: |\n    «-----BEGIN ~RSA PRIVATE KEY-----\n"
	    "    Proc-Type: 4,ENCRYPTED\n    DEK-Info: AES-256-CBC,0A1B\n\n    "
	    KEY_BODY "    -----END ~RSA PRIVATE KEY-----»\n" },
	{ "private key", "{\"private_key\": \"«-----BEGIN ~PRIVATE KEY-----"
	    "\\nMIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7VJTUt9"
	    "Us8cKjMzEfYyji\\nWA4R4/M2bS1+fWIcPm15j7uo6xKvRr4PNx5bKMDFqMdW6\\n"
	    "-----END ~PRIVATE KEY-----»\\n\"}" },
	{ "private key", "cut off:\n«-----BEGIN ~RSA PRIVATE KEY-----\n"
	    KEY_BODY "MIIE»\n" },
	{ "AWS access key", "aws_access_key_id = «AKIA~Q4ZRLW7NTM2XV6PD»\n" },
	{ "AWS access key", "credentials «ASIA~Y34FZKBOKMUTVV7A», soon over" },
	{ "AWS secret key", "aws_secret_access_key = «wJa9rXUtnFEMI/K7MDENG/"
	    "bPx~RfiCYzQ8vT2LmNo»\n" },
	{ "AWS secret key", "AWS_SECRET_ACCESS_KEY=\"«h7Gd+9sKqP2x/"
	    "Vn4mZtR8yWc0LbE~6uJfA3oTiXw1S»\"" },
	{ "JSON web token", "token: «eyJ~hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
	    "eyJzdWIiOiI5ODQzMjEiLCJuYW1lIjoiYm9iIn0.dBjftJeZ4CVPmB92K27uhb"
	    "UJU1p1r»\n" },
	{ "JSON web token", "Authorization: Bearer «eyJ~hbGciOiJSUzI1NiJ9."
	    "eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50In0.Q1x9aPz7LmT3v"
	    "R5wKdYbN2sG8hJ4fE6u»" },
	{ "password option", "mysql -h db1 -u root -p«Tr0ub4dor&3» kb\n" },
	{ "password option", "mysqldump -uroot \\\n  -p'«Gr3en-Lampshade»' "
	    "--all-databases" },
	{ "password option", "sshpass -p «0penSesame!» ssh root@db1" },
	{ "password option", "redis-cli -h cache -a «fl1ckering-L0on» ping" },
	{ "password option", "ldapsearch -D cn=admin -w «Zebra!77crossing»" },
	{ "password option", "docker login -u ann -p «kX82!vbn» registry" },
	{ "password", "mysqladmin --password=«N0rthW1nd» shutdown" },
	{ "password", "pg_tool --password «n0rth-W1nd!» -h db" },
	{ "password", "export PGPASSWORD=«correct-horse-battery»\n" },
	{ "password", "DB_PASSWORD='«lampshade»'\n" },
	{ "password", "password: «v9#Kd2!pQ»\n" },
	{ "password", "spring.datasource.password=«qW7zx9Lm»\n" },
	{ "password", "root 的密码：«Xy9!kk20»，请勿外传" },
	{ "password", "登录密码是 «Bj2008olympic»。" },
	{ "password", "**Password**: `«Mz4-tt-81x»`\n" },
	{ "password", "{\"user\": \"ann\", \"password\": \"«s0mbrero»\"}" },
	{ "password", "  \"db_pass\" => \"«Kle1ne-Katze»\"," },
	{ "password", "requirepass «r3dis-f0rtress»\n" },
	{ "URL with password", "psql postgres://kb:«pl4netarium»@db1:5432/kb" },
	{ "URL with password", "redis://:«b1scuit-T1n»@cache:6379/0" },
	{ "URL with password", "git clone https://ann:«7d1fa9c3b2»@git.corp/x" },
	{ "URL with password", "amqp://worker:«c4rr0ts»@mq/vhost" },
	{ "connection string", "dsn := \"app:«g0pher-h0le»@tcp(db1:3306)/kb\"" },
	{ "password", "Server=db1;Database=kb;User Id=sa;Password=«Sn0wfl4ke!»;" },
	{ "storage account key", "AccountName=x;AccountKey=«Eby8vdM02xNOcqFlqUw"
	    "JPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq~K1SZFPTOtr»==;" },
	{ "bearer token", "curl -H 'Authorization: Bearer «9f8b7c6d5e4a3f2b1c0d"
	    "9e8f»'" },
	{ "HTTP login", "Authorization: Basic «YW5uOnBsNG5ldGFyaXVt»\n" },
	{ "user:password option", "curl -u ann:«pl4netarium» https://kb/" },
	{ "GitHub token", "GH=«ghp~_R8sT2vW9xY4zA6bC1dE3fG5hJ7kL0mN2pQ4r»" },
	{ "GitHub token", "«github_pat~_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ0"
	    "123456789abc»" },
	{ "GitLab token", "PRIVATE-TOKEN: «glpat~-x8Yz2Wv5Ut7Sr9Qp3Nm1»" },
	{ "Slack token", "«xoxb~-2148753690-1938475620-aBcDeFgHiJkLmNoPqRs»" },
	{ "Slack webhook", "https://«hooks.slack~.com/services/T02AB3CD4/"
	    "B05EF6GH7/iJ8kL9mN0pQ1rS2tU3vW4xY5»" },
	{ "DingTalk webhook", "https://«oapi.dingtalk~.com/robot/send?"
	    "access_token=3f9a1c7e5b2d8f4a6c0e9b1d7f3a5c8e2b4d6f0a»" },
	{ "Stripe key", "key «sk_live~_4eC39HqLyjWDarjtT1zdp7dc» here" },
	{ "Google API key", "maps?key=«AIza~SyB3k9Qw7Er5Ty1Ui8Op6As4Df2Gh0Jk"
	    "Lzx»" },
	{ "npm token", "//npm.example.org/:_authToken=«npm~_aB3dE5fG7hJ9kL"
	    "1mN3pQ5rS7tU9vW1xY3zA5»" },
	{ "API key", "OPENAI_API_KEY=«sk~-proj-9aB8cD7eF6gH5iJ4kL3mN2oP1qR0sT"
	    "9u»" },
	{ "Aliyun access key", "AccessKeyId: «LTAI~5tQnB3xZ7mK9vR2cW6pD»" },
	{ "SCRAM verifier", "ALTER ROLE ann PASSWORD '«SCRAM-SHA-256$4096:"
	    "q8Zp1Jc2mT0vX4kb7yWn3A==$Hn5l6p7q8r9s0t1u2v3w4x5y6z7A8B9C0D1E2F3"
	    "G4H5I=:J6K7L8M9N0O1P2Q3R4S5T6U7V8W9X0Y1Z2a3b4c5d6e=»'" },
	{ "password hash", "root:«$6$~9aBcDeFg$kq3VZx0mN1pQ2rS3tU4vW5xY6zA7bC8d"
	    "E9fG0hJ1kL2mN3pQ4rS5tU6vW7xY8zA9bC0dE1fG2hJ3kL4mN5pQ6r.»:19000:" },
	{ "registry login", "{\"auths\": {\"hub\": {\"auth\": "
	    "\"«YW5uOnBsNG5ldGFyaXVt»\"}}}" },
	{ "kubeconfig key", "    client-key-data: «LS0tLS1CRUdJTiBSU0EgUFJJVkF"
	    "URSBLRVktLS0tLQpNSUlFb3dJQkFBS0NBUUVB~eDhmM2txMFpi»\n" },
	{ "password in SQL", "CREATE USER 'kb'@'%' IDENTIFIED BY "
	    "'«W1nterf3ll»';" },
	{ "password in SQL", "ALTER USER kb WITH PASSWORD '«dr4gonst0ne»';" },
	{ "password file", "db1:5432:kb:ann:«pl4netarium»\n" },
	{ "password file", "machine git.corp login ann password "
	    "«pl4netarium»\n" },
	{ "password on a command line", "echo 'ann:«pl4net-arium»' | chpasswd" },
	{ "password on a command line", "echo «pl4netarium» | passwd --stdin a" },
	{ "database login", "sqlplus -s scott/«l30pard»@orcl @x.sql" },
	{ "token", "kubeadm join 10.0.0.1:6443 --token «9vr73a.a8uxyaju799qwdjv"
	    "»\n" },
	{ "secret", "client_secret: \"«8Xk29Lm4Qp7Rt1Zv6Bn»\"" },
};

static const char *const innocent[] = {
	"password: <password>", "password: ***", "PASSWORD=${DB_PASSWORD}",
	"PASSWORD=$DB_PASSWORD", "password: xxx", "password=changeme",
	"password: your-password-here", "password: \"your_password\"",
	"mysql -uroot -p\n", "mysql -uroot -p kb", "mysql -uroot -p${PW} kb",
	"mysql -uroot -p$PW", "mysql -u root -p'<password>'", "mysql -p123456",
	"mkdir -p /var/lib/kbd", "ssh -p2222 host", "docker run -p8080:80 x",
	"nmap -p 1-65535", "patch -p1 < x", "cp -pr a b", "tar -pxzf x",
	"postgres://user:password@host/db", "postgres://kb@host/db",
	"postgres://{user}:{password}@h/db", "http://host:8080/a@b",
	"https://$USER:$TOKEN@github.com/x", "redis://localhost:6379",
	"Authorization: Bearer <token>", "Authorization: Bearer $TOKEN",
	"Authorization: Bearer xxxxxxxxxxxxxxxxxxxxxxxx", "Bearer of bad news",
	"Authorization: Basic <base64>", "token: string", "token_type=bearer",
	"password = getpass.getpass()", "password = os.environ[\"PW\"]",
	"const token = process.env.GITHUB_TOKEN", "password: YES)",
	"(using password: NO)", "%wheel ALL=(ALL) NOPASSWD: ALL",
	"Password: Enter the one you were given", "secretName: my-secret-name",
	"密码：请联系管理员", "密码: <密码>", "默认密码为空", "IDENTIFIED BY ''",
	"IDENTIFIED BY 'password'", "identified by their number",
	"-----BEGIN CERTIFICATE-----\n" KEY_BODY "-----END CERTIFICATE-----",
	"-----BEGIN PUBLIC KEY-----\n" KEY_BODY "-----END PUBLIC KEY-----",
	"it starts with -----BEGIN RSA PRIVATE KEY----- in the first line",
	"-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
	"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	"ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "nextToken: AAABAV3PNhXO",
	"\"NextToken\": \"AAABAV3/PNhXOynVdMYHUpPsetaSvjLB1dtIGfbJv5OJ0sX8\"",
	"password == other", "if password != \"\":", "sk-learn is a library",
	"passwordFile: /run/secrets/db", "password=/run/secrets/db_password",
	"--password-file /etc/kb/pw", "pass: true", "compass: north",
	"\"auth\": \"bm90aGluZw==\"", "SCRAM-SHA-256$4096:<salt>$<a>:<b>",
	"$1 $5 $6 are arguments", "echo hello | passwd --stdin",
	"kubectl get secret -o yaml", "12:30:45:foo:bar", "a:1:2:3",
	"git@github.com:org/repo.git", "user@host:/path", "eyJ is how it starts",
	"sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0",
	"commit 7d1fa9c3b2e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8",
	"uuid: 550e8400-e29b-41d4-a716-446655440000",
};

/* The text without marks; where the secret begins and ends. */
static void
unmark(const char *marked, struct buf *text, size_t *from, size_t *to)
{
	const char *p;

	*from = *to = 0;
	buf_reset(text);
	for (p = marked; *p != '\0'; p++) {
		if (strncmp(p, "«", 2) == 0) {
			*from = text->len;
			p++;
		} else if (strncmp(p, "»", 2) == 0) {
			*to = text->len;
			p++;
		} else if (*p != '~') {
			buf_putc(text, *p);
		}
	}
}

static void
test_all_planted_secrets_are_found(void **state)
{
	struct buf text = BUF_INIT;
	struct secret_hit hit;
	size_t i, from, to, bad = 0;

	(void)state;
	assert_true(ARRAY_LEN(planted) >= 60);
	for (i = 0; i < ARRAY_LEN(planted); i++) {
		unmark(planted[i].text, &text, &from, &to);
		if (!secret_scan_find(buf_slice(&text), 0, &hit)) {
			print_message("not found: %s\n", planted[i].text);
			bad++;
		} else if (hit.from > from || hit.to < to ||
		    strcmp(hit.form, planted[i].form) != 0) {
			print_message("%zu..%zu %s: %s\n", hit.from, hit.to,
			    hit.form, planted[i].text);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
	buf_free(&text);
}

static void
test_at_least_twelve_forms_are_known(void **state)
{
	size_t i, k, forms = 0;

	(void)state;
	for (i = 0; i < ARRAY_LEN(planted); i++) {
		for (k = 0; k < i; k++)
			if (strcmp(planted[k].form, planted[i].form) == 0)
				break;
		forms += k == i;
	}
	assert_true(forms >= 12);
}

static void
test_what_stands_for_a_secret_is_none(void **state)
{
	struct secret_hit hit;
	size_t i, bad = 0;

	(void)state;
	for (i = 0; i < ARRAY_LEN(innocent); i++) {
		if (!secret_scan_find(slice_of(innocent[i]), 0, &hit))
			continue;
		print_message("%s at %zu..%zu: %s\n", hit.form, hit.from,
		    hit.to, innocent[i]);
		bad++;
	}
	assert_int_equal(bad, 0);
}

static void
test_placeholders_take_the_place_of_secrets(void **state)
{
	struct buf text = BUF_INIT, all = BUF_INIT, clean = BUF_INIT;
	struct secret_hit hit;
	size_t i, from, to;

	(void)state;
	for (i = 0; i < ARRAY_LEN(planted); i++) {
		unmark(planted[i].text, &text, &from, &to);
		buf_put_slice(&all, buf_slice(&text));
		buf_puts(&all, "\n\n");
		buf_reset(&clean);
		assert_int_not_equal(secret_scan_replace(buf_slice(&text),
		    &clean), 0);
		assert_null(memmem(clean.data, clean.len, text.data + from,
		    to - from));
		if (secret_scan_find(buf_slice(&clean), 0, &hit))
			fail_msg("still a secret: %s", buf_cstr(&clean));
	}
	buf_reset(&clean);
	assert_true(secret_scan_replace(buf_slice(&all), &clean) >=
	    ARRAY_LEN(planted));
	assert_false(secret_scan_find(buf_slice(&clean), 0, &hit));
	buf_free(&text);
	buf_free(&all);
	buf_free(&clean);
}

static void
test_lines_are_counted_on(void **state)
{
	static const char text[] = "a\r\npassword: v9#Kd2!pQ\rb\n\n"
	    "password: v9#Kd2!pR x\npassword: v9#Kd2!pS";
	struct secret_hit hit;

	(void)state;
	assert_true(secret_scan_find(SLICE(text), 0, &hit));
	assert_int_equal(hit.line, 2);
	assert_true(secret_scan_find(SLICE(text), hit.to, &hit));
	assert_int_equal(hit.line, 5);
	assert_true(secret_scan_find(SLICE(text), hit.to, &hit));
	assert_int_equal(hit.line, 6);
	assert_false(secret_scan_find(SLICE(text), hit.to, &hit));
}

static void
test_the_placeholder_form_is_offered(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(secret_scan_replace(SLICE("mysql -uroot "
	    "-pTr0ub4dor kb\ncurl https://a:pl4netarium@h/\n"), &out), 2);
	assert_string_equal(buf_cstr(&out), "mysql -uroot -p<password> kb\n"
	    "curl https://a:<password>@h/\n");
	buf_free(&out);
}

/* Time per byte must not grow with the length, whatever the bytes. */
static void
test_time_is_linear(void **state)
{
	static const char *const pieces[] = { "-p", "mysql -p", "password",
		"password: ", "://a:", "-----BEGIN RSA PRIVATE KEY-----\n",
		"eyJ.", "a:1:", "=", ":", "echo a|chpasswd ", "@tcp(", "\"",
		"identified ", "sk-", "xoxb-", "Bearer ", "sqlplus ", "密码：" };
	size_t i, k, n;

	(void)state;
	for (i = 0; i < ARRAY_LEN(pieces); i++) {
		struct buf text = BUF_INIT;
		struct secret_hit hit = { .to = 0 };
		int64_t start;

		n = strlen(pieces[i]);
		for (k = 0; k < 1000000 / n; k++)
			buf_put(&text, pieces[i], n);
		start = clock_ms();
		for (k = 0; secret_scan_find(buf_slice(&text), k, &hit);)
			k = hit.to;
		/* a square would be minutes; this is a matter of ms */
		assert_true(clock_ms() - start < 20000);
		buf_free(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_planted_secrets_are_found),
		cmocka_unit_test(test_at_least_twelve_forms_are_known),
		cmocka_unit_test(test_what_stands_for_a_secret_is_none),
		cmocka_unit_test(test_placeholders_take_the_place_of_secrets),
		cmocka_unit_test(test_lines_are_counted_on),
		cmocka_unit_test(test_the_placeholder_form_is_offered),
		cmocka_unit_test(test_time_is_linear),
	};

	return cmocka_run_group_tests_name("secret_scan", tests, NULL, NULL);
}
