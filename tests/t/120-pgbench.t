# 120-pgbench.t - pgbench in each of its query modes, with several clients.
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use KBTest;
use Test::More;

KBTest::need('psql', 'pgbench');

my $kb = KBTest->new;
$kb->import_text("doc$_", "# Doc $_\n\n## Disk $_\n\nFix: delete $_\n")
    for 1 .. 5;
my %script = (
	point => "\\set n random(1, 10)\nSELECT id, title, updated_at FROM " .
	    "entries WHERE id = :n;\n",
	search => "\\set n random(1, 5)\nSELECT rank, title, answer FROM " .
	    "search('disk ' || :n, 3);\n",
	block => "BEGIN;\nSELECT count(*) FROM documents;\nSELECT name FROM " .
	    "documents WHERE entries > 1;\nEND;\n",
	pipeline => "\\startpipeline\nSELECT 1;\nSELECT count(*) FROM " .
	    "entries;\n\\endpipeline\n",
	# CALL takes values, not expressions
	change => "\\set n random(1, 100000)\nCALL import_document(" .
	    ":client_id, 'n.md', :n, -1, 'pgbench');\n",
);

for my $name (sort keys %script) {
	my $file = $kb->top . "/$name.sql";
	KBTest::spew($file, $script{$name});
	for my $mode (qw(simple extended prepared)) {
		next if $name eq 'pipeline' && $mode eq 'simple';
		my ($status, $out, $err) = $kb->run('pgbench', '-h',
		    $kb->run_dir, '-p', $kb->{port}, '-U', 'admin', '-n',
		    '-f', $file, '-M', $mode, '-c', 4, '-j', 2, '-t', 50,
		    'kb');
		is($status, 0, "$name, $mode") or diag $err;
		like($out, qr{actually processed: 200/200},
		    '... all of it') or diag $err;
	}
}
cmp_ok($kb->psql('SELECT count(*) FROM documents'), '>=', 6,
    'the changes are there');
is($kb->stop, 0, 'it ends well');
my ($status, $out, $err) = $kb->run($kb->kbd, 'check', '-D', $kb->dir);
is($status, 0, 'the base is sound') or diag $err;
$kb->finish;
done_testing();
