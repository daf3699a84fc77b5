# 430-http-manual.t - the examples of kbd-http(7), run and compared.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use JSONSchema;
use KBWeb;

my $src = $ENV{KB_SRCDIR} // '.';
my $page = KBTest::slurp("$src/doc/kbd-http.7");
my $web = KBWeb->new;
my $kb = $web->kb;
my $url = $web->url('');

$kb->import_text('Ops', "# Ops\n\n## Disk is full\n\nSymptom: no space " .
    "left on device\n\nFix: remove old logs\n");
$web->login;
my $made = $web->submit($web->get('/account'), _form => qr/name="token"/,
    token => 'test', write => 1);
my ($token) = $made->{body} =~ m{<pre tabindex="0">([0-9a-f]{64})</pre>};
ok($token, 'a token') or diag($made->{body});
like($web->submit($web->get('/account'), _form => qr/name="token"/,
    token => 'test')->{body}, qr/already exists/, 'its name is taken');
$web->submit($web->get('/account'), _form => qr/name="token"/,
    token => 'reads');
my ($reads) = $web->submit($web->get('/account'), _form => qr/name="token"/,
    token => 'reads too')->{body} =~ m{<pre tabindex="0">(\w+)</pre>};

my ($examples) = $page =~ /^\.Sh EXAMPLES\n(.*?)^\.Sh /ms;
my $n = 0;
while ($examples =~ /^\.Bd [^\n]*\n(.*?)^\.Ed/msg) {
	for my $part (split /^\$ /m, $1) {
		my ($command, @expected) = split /\n/, $part or next;
		$command =~ s/\\e/\\/g;
		$command =~ s{https://kb\.example:7443}{$url}g;
		$command =~ s/\bcurl -s\b/curl -sk/;
		my ($status, $out, $err) = $kb->run('env', "TOKEN=$token",
		    'sh', '-c', $command);
		is($status, 0, $command) or diag($err);
		for my $line (@expected) {
			ok(index($out, $line) >= 0, "prints: $line") or
			    diag($out);
			$n++;
		}
	}
}
cmp_ok($n, '>=', 8, 'examples were found');

sub api {
	my ($method, $path, $auth, @args) = @_;
	my $p = KBWeb->new(of => $web)->request($path, '-X', $method,
	    ($auth ? ('-H', "Authorization: Bearer $auth") : ()), @args);
	return $p;
}

# a log gets the answer of kbctl match --json
my $log = join '', map { "2026-01-01 10:00:0$_ ERROR \e[31mno space left on " .
    "device\e[0m: /srv/$_\r\n" } 1 .. 3;
$log .= "\nall is well\nERROR the moon refused 7 orders\nERROR the moon " .
    "refused 8 orders\nERROR moon refused 3 pears\nTraceback: \xff\x00\n" .
    "rm: cannot touch '/var': No space left on device\n" .
    "INFO moon refused 5 pears\n";
my $schema = JSONSchema->load("$src/doc/schema/kb.match-1.json");
KBTest::spew($kb->top . '/log', $log);
$kb->import_text('Stamp', "# Stamp\n\nsignature: moon refused * pears\n\n" .
    "Fix: run\n\n```sh\nrm -rf /srv/pears\n```\n");
my $posted = api('POST', '/api/v1/match', $reads, '--data-binary',
    '@' . $kb->top . '/log');
is($posted->{status}, 200, 'a log');
my (@ours, %types);
for my $line (split /\n/, $posted->{body}) {
	is(join('; ', $schema->check($line)), '', 'fits the schema');
	push @ours, JSONSchema::decode($line);
	$types{ $ours[-1]{type} }++;
}
ok($types{line} && $types{group} && $types{unknown}, 'all three kinds')
    or diag($posted->{body});
my $theirs = ($kb->kbctl(\$log, 'match', '--json'))[1];
is_deeply(\@ours, [ map { JSONSchema::decode($_) } split /\n/, $theirs ],
    'as kbctl tells it') or diag($posted->{body}, $theirs);
is(api('POST', '/api/v1/match', $reads, '-d', '')->{body}, '',
    'of nothing, nothing');

my @json = ('-H', 'Content-Type: application/json', '-d');
my $one = '/api/v1/entries/2';
is(api('PUT', $one, $reads, @json, '{}')->{status}, 403,
    'a token that reads does not write');
is(api('PUT', $one, 'f' x 64, @json, '{}')->{status}, 401, 'a wrong token');
is($web->request($one, '-X', 'PUT', @json, '{}')->{status}, 401,
    'a cookie does not write here');
is(api('PUT', $one, $token, @json, '{}')->{status}, 428, 'no version');
is(api('PUT', $one, $token, '-H', 'If-Match: "2"', @json, '[]')->{status},
    400, 'no object');
is(api('PUT', $one, $token, '-H', 'If-Match: "2"', '-d', 'a')->{status}, 415,
    'no JSON');
my $p = api('PUT', $one, $token, '-H', 'If-Match: "1"', @json,
    '{"markdown":"## Disk is full\n\nFix: something else\n"}');
is($p->{status}, 409, 'a conflict');
like($p->{body}, qr/"sqlstate":"40001"/, 'with its SQLSTATE');
like(KBWeb::header($p, 'Content-Type'), qr{^application/problem\+json},
    'as a problem');
$p = api('POST', '/api/v1/entries', $token, @json,
    '{"document":"Ops","markdown":"## Another\n\nFix: x\n","message":"m"}');
is($p->{status}, 201, 'a new entry') or diag($p->{body});
my $where = $p->{location};
is(api('GET', $where, $reads)->{status}, 200, 'is where it says');
for my $path (qw(/api/v1/documents /api/v1/entries /api/v1/changes), $where,
    '/api/v1/search?q=disk') {
	my $body = api('GET', $path, $reads)->{body};
	my ($schema) = $body =~ /"schema":"(kb\.\w+)\/1"/;
	ok($schema, "$path has a schema");
	my @wrong = JSONSchema->load("$src/doc/schema/$schema-1.json")
	    ->check($body);
	is("@wrong", '', "$path fits $schema/1");
}
is(api('GET', '/api/v1/search', $reads)->{status}, 400, 'no words');

for my $header ($page =~ /^([A-Z][\w-]+): .*$/mg) {
	ok(defined KBWeb::header($web->get('/'), $header), "header $header");
}
SKIP: {
	skip 'no mandoc', 1 if !grep { -x "$_/mandoc" } split /:/, $ENV{PATH};
	my @lint = grep { !/referenced manual not found|lacks .* entry/ }
	    `mandoc -T lint -W style '$src/doc/kbd-http.7' 2>&1`;
	is("@lint", '', 'mandoc finds nothing');
}
$kb->finish;
done_testing();
