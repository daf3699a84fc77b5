# 340-change.t - the procedures: what they return, refuse and record.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use File::Find;
use JSON::PP ();
use Test::More;

use KBTest;

KBTest::need('psql');
my $kb = KBTest->new;

# Statements that somebody else sends, whose role is the system user's name.
sub as_role {
	my ($role, $sql) = @_;
	return $kb->psql_run($sql, '-v', 'VERBOSITY=verbose', '-U', $role);
}

# How many files of the data directory hold these bytes.
sub files_with {
	my ($bytes) = @_;
	my @found;
	find({ no_chdir => 1, wanted => sub {
		push @found, $_ if -f $_ &&
		    index(KBTest::slurp($_), $bytes) >= 0;
	} }, $kb->dir);
	return "@found";
}

my $doc = "# Guide\n\n## Problems\n\n### 1. CPU\n\n**Symptom**: slow\n\n" .
    "**Fix**: restart\n\n---\n\n## End\n\nUpdated: 2025-08-03\n";
$kb->import_text('guide', $doc);

# each returns one row
is($kb->psql("CALL save_entry(3, 1, E'### 1. CPU\\n\\n**Symptom**: slow\\n" .
    "\\n**Fix**: throttle\\n\\n---\\n\\n', 'better')"), "3|2|2|f\n",
    'save_entry');
is($kb->psql("CALL save_entry(3, 1, E'### 1. CPU\\n\\n**Symptom**: hot\\n" .
    "\\n**Fix**: restart\\n\\n---\\n\\n', 'hot')"), "3|3|3|t\n",
    'a stale base is merged field by field');
like($kb->psql("SELECT markdown FROM entries WHERE id = 3"),
    qr/: hot\n\n\*\*Fix\*\*: throttle\n/, 'and keeps what both wrote');
is($kb->psql("CALL add_entry('guide', 2, E'### 2. Disk\\n\\nfull\\n', 'd')"),
    "5|1|4|f\n", 'add_entry');
is($kb->psql("SELECT markdown FROM document_at('guide')"),
    "# Guide\n\n## Problems\n\n### 1. CPU\n\n**Symptom**: hot\n\n" .
    "**Fix**: throttle\n\n### 2. Disk\n\nfull\n\n---\n\n## End\n\n" .
    "Updated: 2025-08-03\n\n", 'it stands before the rule');
is($kb->psql("CALL move_entry(5, 1, NULL, 'first')"), "5|1|5|f\n",
    'move_entry');
is($kb->psql("CALL archive_entry(5, 1, 'old')"), "5|1|6|f\n",
    'archive_entry');
is($kb->psql("CALL unarchive_entry(entry => 5, base_version => 1)"),
    "5|1|7|f\n", 'unarchive_entry, by name');
is($kb->psql("CALL revert_entry(3, 1, 4)"), "3|5|8|f\n", 'revert_entry');
is($kb->psql("CALL review_entry(3, 5, '2020-01-31', 'seen')"), "3|5|9|f\n",
    'review_entry');
is($kb->psql('SELECT review_by, verified_by, verified_version, stale ' .
    'FROM entries WHERE id = 3'), "2020-01-31|admin|5|t\n",
    'verified, and due again');
is($kb->psql("CALL create_document('k8s/Pod', E'# Pod\\n')"), "k8s/Pod|10\n",
    'create_document');
is($kb->psql("CALL rename_document('k8s/Pod', 'Pod')"), "Pod|11\n",
    'rename_document');
is($kb->psql("CALL archive_document('Pod', 11)"), "Pod|12\n",
    'archive_document');
is($kb->psql("CALL unarchive_document('Pod')"), "Pod|13\n",
    'unarchive_document');
is($kb->psql("BEGIN; CALL create_document('k8s/Pod', E'# Pod\\n'); " .
    "CALL rename_document('k8s/Pod', 'Pod2'); " .
    "CALL archive_document('Pod2', 14); COMMIT"),
    "k8s/Pod|14\nPod2|14\nPod2|14\n", 'several are one revision');

is($kb->psql("SELECT action, old_name FROM revision_documents WHERE " .
    "document = 'Pod' ORDER BY revision"), "created|\nrenamed|k8s/Pod\n" .
    "archived|\nunarchived|\n", 'what happened to a document');
is($kb->psql('SELECT entry_id, version, author, message FROM reviews'),
    "3|5|admin|seen\n", 'who verified what');
is($kb->psql('SELECT line, text, version, revision, author FROM blame(3, 4)' .
    " WHERE text LIKE '**%'"), "3|**Symptom**: hot|3|3|admin\n" .
    "5|**Fix**: throttle|2|2|admin\n", 'blame');
is($kb->psql('SELECT DISTINCT b.version FROM entries e, blame(e.id) b ' .
    'WHERE e.id = 3 ORDER BY 1'), "1\n5\n", 'joined with entries');
is($kb->psql('SELECT count(*) FROM blame(99)'), "0\n", 'of nothing');

# a base is needed, and a conflict says all
like($kb->psql_error("CALL save_entry(3, NULL, '# x')"),
    qr/ERROR:  22004:.*base_version/, 'no change without a base');
like($kb->psql_error("CALL save_entry(3, 'x', 'y', 'z', 'w', 'v')"),
    qr/ERROR:  42883:.*\n.*HINT:.*save_entry\(entry, base_version, markdown/s,
    'wrong arguments name the right ones');
my $error = $kb->psql_error("CALL save_entry(3, 4, E'### 1. CPU\\n\\n" .
    "**Symptom**: \"mine\"\\n\\n**Fix**: throttle\\n\\n---\\n\\n', 'm')");
like($error, qr/ERROR:  40001: entry 3 was changed since version 4/,
    'a conflict is 40001');
my ($detail) = $error =~ /^DETAIL:  (.*)$/m;
my $conflict = JSON::PP->new->utf8->decode($detail // '{}');
is($conflict->{schema}, 'kb.conflict/1', 'its detail is JSON');
is("$conflict->{entry} $conflict->{base_version} $conflict->{version} " .
    $conflict->{updated_by}, '3 4 5 admin', 'which versions, and who');
like($conflict->{yours}, qr/"mine"/, 'with the text that was sent');
like($conflict->{theirs}, qr/slow/, 'the one that is there');
like($conflict->{merged}, qr/<<<<<<< yours\n.*=======\n.*>>>>>>> version 5/s,
    'and both with marks');
like($kb->psql_error("CALL save_entry(3, 5, E'### 1. CPU\\n\\n```\\nls\\n')"),
    qr/ERROR:  P0001:.*"End".*swallowed.*\n.*DETAIL:.*Line 3 of the text/s,
    'a text that swallows its neighbour is refused with the place');
like($kb->psql_error("BEGIN; CALL save_entry(3, 5, E'### 1\\n\\na\\n\\n'); " .
    "CALL save_entry(3, 5, E'### 1\\n\\nb\\n\\n');"), qr/40001/,
    'a transaction sees its own changes');

# who may
my $user = $> == 0 ? 'nobody' : getpwuid $>;
$kb->psql("CALL create_role('vic', 'viewer'); CALL create_role('ed', " .
    "'editor')");
SKIP: {
	skip 'needs root to be another user', 8 if $> != 0;
	$kb->psql('');
	KBTest::spew($kb->dir . '/kbd_hba.conf', "local all all trust\n");
	$kb->reload;
	my (undef, undef, $err) = as_role('vic', "CALL save_entry(3, 5, 'x')");
	like($err, qr/42501: permission denied for procedure save_entry/,
	    'a viewer changes nothing');
	(undef, undef, $err) = as_role('ed', "CALL purge_entry(3, 1)");
	like($err, qr/42501: permission denied for procedure purge_entry/,
	    'an editor purges nothing');
	(undef, undef, $err) = as_role('ed', 'SELECT * FROM audit');
	like($err, qr/42501: permission denied for relation audit/,
	    'the audit is for admins');
	my (undef, $out) = as_role('ed',
	    "CALL review_entry(3, 5, NULL, 'ed was here')");
	is($out, "3|5|15|f\n", 'an editor changes something');
	(undef, undef, $err) = as_role('vic', "ALTER ROLE vic SUPERUSER");
	like($err, qr/42501/, 'nobody makes himself an admin');
	as_role('nosuch', 'SELECT 1');
	my $audit = $kb->psql('SELECT event, role, object FROM audit ' .
	    "WHERE role <> 'admin' OR event <> 'login'");
	is($audit, "write refused|admin|save_entry\nrole created|admin|vic\nrole created|admin|ed\n" .
	    "login|vic|\nwrite refused|vic|save_entry\n" .
	    "login|ed|\nwrite refused|ed|purge_entry\n" .
	    "login|ed|\nlogin|ed|\nlogin|vic|\n" .
	    "role change refused|vic|vic\nlogin refused|nosuch|\n",
	    'the audit knows it all');
	is(scalar(() = KBTest::slurp($kb->dir . '/log/audit.log') =~
	    /^[^\t]{29}(?:\t[^\t\n]*){5}$/mg) > 10, 1, 'the file has it too');
	is((stat $kb->dir . '/log/audit.log')[2] & 0777, 0600,
	    'and only its owner reads it');
}

# the line of the last update
$kb->reload(update_document_date => 'on');
$kb->psql("CALL save_entry(3, 5, E'### 1. CPU\\n\\nnew\\n\\n---\\n\\n')");
like($kb->psql("SELECT markdown FROM document_at('guide')"),
    qr/Updated: 20[2-9][6-9]-\d\d-\d\d\n/, 'a save sets the date');
is($kb->psql('SELECT entry_id FROM revision_entries WHERE revision = ' .
    '(SELECT max(revision) FROM revisions) ORDER BY 1'), "3\n4\n",
    'as a change of that entry in the same revision');

# secrets
my $secret = 'AKIA' . 'Z7QX3MNBVCASDFGH';
my $before = $kb->psql('SELECT max(revision) FROM revisions');
$error = $kb->psql_error("CALL save_entry(3, 6, E'### 1. CPU\\n\\n" .
    "export AWS_ACCESS_KEY_ID=$secret\\n\\n---\\n\\n', 'leak')");
like($error, qr/ERROR:  P0001: line 3: /, 'a secret is refused');
$error =~ s/^LINE .*//ms;
unlike($error, qr/$secret/, 'and not repeated');
is($kb->psql('SELECT max(revision) FROM revisions'), $before,
    'nothing was changed');
is(files_with($secret), '', 'no file holds a byte of it');
my (undef, $out, $err) = $kb->psql_run("CALL import_document('leak', " .
    "'leak.md', E'# Leak\\n\\nkey $secret\\n')");
like($out, qr/^leak\|\d+\|1\|0\|0\|0$/m, 'an import takes it');
like($err, qr/WARNING:  leak, line 3: /, 'with a warning');
my $entry = $kb->psql("SELECT id FROM entries WHERE document = 'leak'");
chomp $entry;
is($kb->psql("CALL save_entry($entry, 1, E'# Leak\\n\\nkey $secret x\\n')") =~
    /^$entry\|2\|\d+\|f$/, 1, 'what is there already does not stop a save');
$kb->psql("CALL save_entry($entry, 2, E'# Leak\\n\\nclean\\n')");
isnt(files_with($secret), '', 'the secret is in the past');
is($kb->psql("CALL purge_entry($entry, 1, 'rotated')"), "$entry|1|2\n",
    'purge_entry');
is(files_with($secret), '', 'now it is in no file');
is($kb->psql("SELECT markdown FROM entry_versions WHERE entry_id = $entry " .
    'AND version = 2'), "# Leak\n\nkey ******** x\n\n",
    'all else of the past is there');
like($kb->psql("SELECT title FROM search('CPU')"), qr/^CPU$/m,
    'searches go on') for 1 .. 4;
like($kb->psql("SELECT event || '|' || object || '|' || detail FROM audit " .
    "WHERE event IN ('purge', 'secret stored')"), qr/^secret\ stored\|
    document\ leak\|import_document\npurge\|entry\ $entry\ version\ 1\|
    rotated\n$/x, 'the audit says so');
$kb->stop;
is(files_with($secret), '', 'nor after a stop');
my ($status) = $kb->run($kb->kbd, 'check', '-D', $kb->dir);
is($status, 0, 'and the base is whole');
$kb->finish;
done_testing();
