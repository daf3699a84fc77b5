# 920-writers.t - eight people change the same twenty entries, by SQL and by
# kbctl, and the server is killed meanwhile.
#
# Every writer notes what was acknowledged. In the end all of that is in the
# history, each conflict has told both sides, and the base is whole.
# KB_WRITERS_SECONDS says for how long (60 in ./check --long).
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Handle;
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use KBTest;
use KBWire;

KBTest::need('psql');
my $seconds = $ENV{KB_WRITERS_SECONDS} // 8;
my ($writers, $entries, $kills) = (8, 20, 5);
my $kb = KBTest->new;
my $dir = tempdir('kbwriters-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my @fields = qw(Symptom Cause Fix Prevention Note);

my $text = "# Shared\n\n";
$text .= "## Lesson $_\n\n" . join('', map { "**$_**: none\n\n" } @fields)
    for 1 .. $entries;
$kb->import_text('shared', $text);
my ($first) = $kb->psql('SELECT min(id) + 1 FROM entries') =~ /(\d+)/;

# ---- one writer, in a process of its own ----

# The wire by hand, since a process for each statement is too slow to meet
# others.
my $wire;

sub ask {
	my ($sql) = @_;
	$wire //= KBWire->connect(socket => $kb->run_dir, port => 7432,
	    user => 'admin', die => 0) or return { error => { C => 'CLOSED' } };
	my $r = $wire->query($sql);
	undef $wire if $r->{error} && $r->{error}{C} =~ /^(CLOSED|TIMEOUT|57)/;
	return $r;
}

# An entry now: its version and Markdown; nothing when the server is away.
sub look {
	my ($entry) = @_;
	my $r = ask('SELECT version, markdown FROM entries ' .
	    "WHERE id = $entry");
	return $r->{rows} && @{ $r->{rows} } ? @{ $r->{rows}[0] } : ();
}

sub quote {
	my ($s) = @_;
	$s =~ s/'/''/g;
	return "'$s'";
}

# (acknowledged version, or 0; error text)
sub save_by_sql {
	my ($entry, $base, $markdown) = @_;
	my $r = ask("CALL save_entry($entry, $base, " . quote($markdown) .
	    ", 'by SQL')");
	my $e = $r->{error} or return ($r->{rows}[0][1], '');
	return (0, $e->{C} =~ /^(CLOSED|TIMEOUT|57)/ ? 'connection lost' :
	    "$e->{C}: $e->{M}\nDETAIL:  " . ($e->{D} // ''));
}

sub save_by_kbctl {
	my ($entry, $base, $markdown) = @_;
	my ($status, $out, $err) = $kb->kbctl(\$markdown, 'edit', '--base',
	    $base, '-F', '-', '-m', 'by kbctl', '--json', $entry);
	return ($status == 0 && $out =~ /"version"\s*:\s*(\d+)/ ? $1 : 0,
	    $status == 5 ? "conflict $err" : $err);
}

sub both_sides {
	my ($err, $mine) = @_;
	if ($err =~ /^DETAIL:  (\{.*\})$/m) {
		my $c = eval { JSON::PP->new->decode($1) } or return 0;
		return $c->{yours} =~ /$mine/ && $c->{theirs} =~ /\S/ &&
		    $c->{theirs} !~ /$mine/ && $c->{merged} =~ /$mine/;
	}
	my ($file) = $err =~ m{(/\S+\.md)} or return 0;
	my $kept = KBTest::slurp($file);
	return $kept =~ /$mine/ && $kept =~ /^<{7} .*^={7}\n.*^>{7} /ms;
}

sub write_on {
	my ($n, $by_kbctl, $end) = @_;
	open my $notes, '>', "$dir/notes-$n" or die;
	$notes->autoflush(1);
	srand 7 * $n;
	local $ENV{HOME} = "$dir/home-$n";
	local $ENV{XDG_STATE_HOME} = "$dir/home-$n";
	mkdir "$dir/home-$n";
	for (my $i = 0; time < $end; $i++) {
		my $entry = $first + int rand $entries;
		my $token = "W${n}N${i}E";
		my ($version, $markdown) = look($entry);
		if (!defined $version) {
			sleep 0.1;
			next;
		}
		sleep rand 0.1;	# others are faster meanwhile
		my $field = $fields[rand @fields];
		$markdown =~ s/\*\*$field\*\*: .*/**$field**: $token/ or die;
		my ($saved, $err) = $by_kbctl ?
		    save_by_kbctl($entry, $version, $markdown) :
		    save_by_sql($entry, $version, $markdown);
		if ($saved) {
			print $notes "saved $entry $saved $token\n";
		} elsif ($err =~ /40001|^conflict/) {
			# kbctl asks for the other text, and the server may be
			# killed just then
			my $told = both_sides($err, $token) ? 'told' :
			    $err =~ /connection|closed|terminat/i ? 'cut' :
			    'silent';
			print $notes "$told $entry $version $token\n";
			print $notes "error $err\n" if $told eq 'silent';
		} elsif ($err !~ /server|connect|terminating|SSL|closed/i) {
			print $notes "error $err\n";
		}
	}
}

# ---- all of them ----

my $end = time + $seconds;
my @children;
for my $n (1 .. $writers) {
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		$kb->{top} = "$dir/w$n";	# for the files of run()
		mkdir $kb->{top};
		write_on($n, $n % 2, $end);
		POSIX::_exit(0);
	}
	push @children, $pid;
}
my $killed = 0;
while ($killed < $kills) {
	sleep $seconds / ($kills + 1);
	kill 9, $kb->pid;
	waitpid delete $kb->{pid}, 0;
	$killed++;
	$kb->start;
}
waitpid $_, 0 for @children;
is($killed, $kills, "the server was killed $killed times");

# ---- what must hold ----

my (%seen, @saved, @errors);
for my $n (1 .. $writers) {
	for (split /\n/, KBTest::slurp("$dir/notes-$n")) {
		my ($what, $entry, $version, $token) = split / /, $_, 4;
		$seen{$what}++;
		push @saved, [ $entry, $version, $token ] if $what eq 'saved';
		push @errors, $_ if $what eq 'error';
	}
}
diag(join ', ', map { "$_: $seen{$_}" } sort keys %seen);
cmp_ok(scalar @saved, '>', $writers, 'changes were acknowledged');
is(join("\n", @errors), '', 'nothing else went wrong');
is($seen{silent} // 0, 0, 'every conflict told both sides');

my %history = map { /^(\d+\|\d+)\|(.*)$/ ? ($1, $2) : () } split /\n/,
    $kb->psql('SELECT entry_id, version, json_group_array(markdown) ' .
    'FROM entry_versions GROUP BY entry_id, version');
my @lost = grep { ($history{"$_->[0]|$_->[1]"} // '') !~ /$_->[2]/ } @saved;
is(join(' ', map { "@$_" } @lost), '',
    'every acknowledged change is in the history');

my $ways = $kb->psql("SELECT DISTINCT message FROM revisions WHERE message " .
    "LIKE 'by %' ORDER BY 1");
is($ways, "by SQL\nby kbctl\n", 'they came by SQL and by kbctl');

my $now = $kb->psql("SELECT markdown FROM document_at('shared')");
chomp $now;
my ($count) = $kb->psql("SELECT entries FROM documents") =~ /(\d+)/;
is($kb->import_text('again', $now), "again|" . ($kb->psql(
    'SELECT max(revision) FROM revisions') =~ s/\n//r) . "|$count|0|0|0\n",
    'what is exported parses into the same entries');
$kb->stop;
my ($status, undef, $err) = $kb->run($kb->kbd, 'check', '-D', $kb->dir);
is($status, 0, 'integrity check, search index and derived rows are whole')
    or diag($err);
$kb->finish;
done_testing();
