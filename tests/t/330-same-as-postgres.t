# 330-same-as-postgres.t - kbd answers as PostgreSQL 15 does.
#
# Runs every statement of tests/sql/common.sql on both, with the same rows:
# without parameters as a simple query, then prepared, with results in text
# and in binary. Then reads portals in parts.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBPostgres;
use KBTarget;
use KBWire;

my $sql_dir = KBTarget::top() . '/tests/sql';
my @relations = qw(documents entries entry_versions revisions
    revision_entries fields commands checklist_items signatures);
my @aspects = qw(error names types params values binary tag);

KBTarget->plan(local => 1, postgres => 1);

sub shown {
	my ($text) = @_;

	return 'NULL' unless defined $text;
	$text =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
	return length $text > 300 ? substr($text, 0, 300) . '...' : $text;
}

# The blocks of common.sql: name, params [[oid, value]], sql.
sub statements {
	my @all;
	my %names;

	for my $block (split /\n\n+/, KBPostgres::slurp("$sql_dir/common.sql")) {
		my %s = (params => [], unordered => 0);

		$block =~ s/^-- (\w+: .*)\n// or next;
		$s{name} = $1;
		next if $s{name} =~ /^params/ || $names{$s{name}}++;
		while ($block =~ s/^-- (params:|unordered)(.*)\n//) {
			$s{unordered} = 1 if $1 eq 'unordered';
			$s{params} = [map { parameter($_) } split ' ', $2]
			    if $1 eq 'params:';
		}
		$s{sql} = $block =~ s/\n+\z//r;
		push @all, \%s;
	}
	return @all;
}

sub parameter {
	my ($word) = @_;
	my ($oid, $value) = split /:/, $word, 2;

	$value =~ s/%20/ /g;
	return [$oid, $value eq 'NULL' ? undef : $value];
}

sub explained {
	my %why;

	for my $line (split /\n/, KBPostgres::slurp("$sql_dir/differences.tsv")) {
		next if $line =~ /^#|^\s*$/;
		my ($name, $aspect, $reason) = split /\t/, $line, 3;
		die "differences.tsv: bad line: $line\n" unless $reason &&
		    grep { $_ eq $aspect } @aspects;
		$why{$name}{$aspect} = $reason;
	}
	return %why;
}

# A private PostgreSQL with the rows that the server under test has. The
# types are those of relations.sql; where the server announces others, its
# own are used, so that one fault is reported once.
sub postgres_like {
	my ($target) = @_;
	my $pg = KBPostgres->start;
	my $c = $target->wire;

	$pg->psql('postgres', 'CREATE DATABASE kb');
	$pg->psql('kb', KBPostgres::slurp("$sql_dir/relations.sql"));
	$pg->psql('kb', "CREATE ROLE \"$target->{user}\" SUPERUSER LOGIN " .
	    "PASSWORD '$target->{password}'");
	my $p = KBWire->connect(port => $pg->{port}, user => $target->{user},
	    password => $target->{password});
	for my $name (@relations) {
		my $from = $c->query("SELECT * FROM $name");
		my $to = $p->query("SELECT * FROM $name");
		my %want = map { $_->{name} => $_->{oid} } @{ $to->{cols} };
		my @wrong = grep { ($want{$_->{name}} // 0) != $_->{oid} }
		    @{ $from->{cols} };

		ok(!$from->{error} && !@wrong &&
		    @{ $from->{cols} } == @{ $to->{cols} },
		    "types of $name are those of relations.sql") or
		    diag(map { "$_->{name} is $_->{oid}, not " .
		    ($want{$_->{name}} // 'there') . "\n" } @wrong);
		copy_rows($pg, $name, $from, @wrong ? 1 : 0);
	}
	$p->close;
	$c->close;
	return $pg;
}

sub copy_rows {
	my ($pg, $name, $from, $own_types) = @_;
	my @columns = map { "\"$_->{name}\"" } @{ $from->{cols} };
	my $sql = '';

	if ($own_types) {
		$sql = "DROP TABLE $name; DO \$do\$ BEGIN EXECUTE 'CREATE TABLE " .
		    "$name(' || " . join(" || ',' || ", map {
		    "'\"$_->{name}\" ' || format_type($_->{oid}, NULL)"
		    } @{ $from->{cols} }) . " || ')'; END \$do\$;\n";
	}
	for my $row (@{ $from->{rows} }) {
		$sql .= "INSERT INTO $name(" . join(', ', @columns) .
		    ') VALUES (' . join(', ', map { defined $_ ? "'" .
		    s/'/''/gr . "'" : 'NULL' } @$row) . ");\n";
	}
	$pg->psql('kb', "BEGIN;\n${sql}COMMIT;");
}

# Everything that a client sees of one statement, as comparable text.
sub answer {
	my ($c, $s, $binary_too) = @_;
	my %a;
	my $text = $c->extended($s->{sql}, params => $s->{params});
	my $simple = @{ $s->{params} } ? undef : $c->query($s->{sql});
	my $binary = $c->extended($s->{sql}, params => $s->{params}, format => 1);

	$a{error} = $text->{error} ? $text->{error}{C} : '';
	$a{position} = $text->{error} ? $text->{error}{P} : undef;
	$a{message} = $text->{error} ? $text->{error}{M} : undef;
	$a{names} = join '|', map { $_->{name} } @{ $text->{cols} // [] };
	$a{types} = join ' ', map { $_->{oid} } @{ $text->{cols} // [] };
	$a{params} = $a{error} ? '' : join ' ', @{ $text->{params} // [] };
	$a{values} = rows($text, $s);
	$a{binary} = rows($binary, $s);
	$a{tag} = $text->{tag} // '';
	$a{kept} = $text->{error} || !$text->{announced} ||
	    join(' ', map { $_->{oid} } @{ $text->{announced} }) eq $a{types};
	if ($simple) {
		my $code = $simple->{error} ? $simple->{error}{C} : '';

		$a{simple} = "simple query: $code " . rows($simple, $s)
		    unless $code eq $a{error} &&
		    rows($simple, $s) eq $a{values};
	}
	return \%a;
}

sub rows {
	my ($r, $s) = @_;
	my @rows = map { join '|', map { shown($_) } @$_ } @{ $r->{rows} };

	@rows = sort @rows if $s->{unordered};
	return join "\n", @rows;
}

# One line of TAP for one statement.
sub compare {
	my ($s, $want, $got, $why) = @_;
	my (@wrong, @notes);

	for my $aspect (@aspects) {
		my $differs = $want->{$aspect} ne $got->{$aspect};

		# After an error nothing else counts; bytes of different
		# types differ, of course.
		next if $aspect ne 'error' &&
		    ($want->{error} ne '' || $got->{error} ne '');
		next if $aspect eq 'binary' && $want->{types} ne $got->{types};
		if ($differs && !$why->{$aspect}) {
			push @wrong, "$aspect: $want->{$aspect}",
			    (' ' x (length($aspect) - 3)) . "kbd: $got->{$aspect}";
			push @wrong, "  message: $got->{message}"
			    if $aspect eq 'error' && defined $got->{message};
		} elsif (!$differs && $why->{$aspect}) {
			push @wrong, "$aspect: no longer differs " .
			    '(remove its line from differences.tsv)';
		}
	}
	push @wrong, 'types change between Describe and Execute'
	    unless $got->{kept};
	push @wrong, $got->{simple} if $got->{simple} && !$want->{simple};
	ok(!@wrong, $s->{name}) or diag($s->{sql}, "\n", map { "  $_\n" } @wrong);
}

sub all_statements {
	my ($target, $pg) = @_;
	my %why = explained();
	my @all = statements();
	my ($same, $places) = (0, 0);
	my %known = map { $_->{name} => 1 } @all;
	my $p = KBWire->connect(port => $pg->{port}, user => $target->{user},
	    password => $target->{password});
	my $c = $target->wire;

	cmp_ok(scalar @all, '>=', 200, scalar(@all) . ' statements');
	is(join(', ', grep { !$known{$_} } sort keys %why), '',
	    'differences.tsv names statements that exist');
	for my $s (@all) {
		my $want = answer($p, $s);
		my $got = answer($c, $s);

		note("$s->{name} => ", join ' / ', map {
		    shown($want->{$_}) } qw(error names types params values))
		    if $ENV{KB_TEST_SHOW};
		compare($s, $want, $got, $why{$s->{name}} // {});
		if (defined $want->{position} && $want->{error} eq
		    $got->{error}) {
			$places++;
			$same++ if ($got->{position} // '') eq
			    $want->{position};
		}
		$c = $target->wire if ($got->{error} // '') =~
		    /CLOSED|TIMEOUT/;
	}
	note("positions of errors: $same of $places are PostgreSQL's");
	is($c->query('SELECT 1')->{z}, 'I', 'the connection is still idle');
	$_->close for $c, $p;
}

# Read a portal n rows at a time; with "sync", each part is a request of its
# own, inside a transaction.
sub read_in_parts {
	my ($c, $sql, $n, $sync) = @_;
	my (@rows, $r);
	my $end = $sync ? 'S' : 'H';

	$c->query('BEGIN') if $sync;
	$c->send(P => $c->parse_body('', $sql), B => $c->bind_body('cursor', '',
	    []), D => "Pcursor\0", $end => '');
	$r = $c->result(until => $sync ? 'Z' : 'TE');
	return { error => $r->{error} } if $r->{error};
	for my $turn (1 .. 1e6) {
		$c->send(E => $c->execute_body('cursor', $n), $end => '');
		$r = $c->result(until => $sync ? 'Z' : 'sCE');
		push @rows, @{ $r->{rows} };
		last if $r->{error} || !$r->{suspended};
		$r->{error} = { C => 'part of ' . @{ $r->{rows} } . ' rows' }
		    if @{ $r->{rows} } != $n;
		last if $r->{error};
	}
	if ($sync) {
		$c->query('COMMIT');
	} else {
		$c->send(S => '');
		$c->result;
	}
	return { rows => \@rows, error => $r->{error}, tag => $r->{tag},
	    columns_again => scalar($r->{seen} =~ /T/) };
}

sub portals {
	my ($target) = @_;
	my $c = $target->wire;
	my %queries = (
		'1,200 small rows' => "SELECT id, title FROM entries" .
		    " WHERE document = 'many' ORDER BY id",
		'long texts' => 'SELECT id, markdown, updated_at, archived' .
		    ' FROM entries ORDER BY id DESC LIMIT 300',
		'a sort' => 'SELECT title FROM entries ORDER BY title, id',
		'a union' => 'SELECT id FROM entries UNION ALL' .
		    ' SELECT -id FROM entries ORDER BY 1',
		'an aggregate' => 'SELECT count(*) FROM entries',
		'2,500 made rows' => 'WITH RECURSIVE n(i) AS (SELECT 1 UNION' .
		    ' ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i FROM n',
		'no rows' => 'SELECT id FROM entries WHERE false',
	);

	for my $name (sort keys %queries) {
		my $whole = $c->extended($queries{$name});

		for my $n (1, 2, 1000) {
			for my $sync (0, 1) {
				my $r = read_in_parts($c, $queries{$name}, $n,
				    $sync);
				my $how = $sync ? 'in a transaction'
				    : 'with Flush';

				ok(!$r->{error} && rows($r, {}) eq
				    rows($whole, {}), "$name, $n at a time, $how")
				    or diag(explain($r->{error}), scalar
				    @{ $r->{rows} // [] }, ' of ', scalar
				    @{ $whole->{rows} }, ' rows');
				ok(!$r->{columns_again},
				    'Execute sends no RowDescription')
				    if $r->{columns_again};
			}
		}
	}
	two_portals($c);
	$c->close;
}

# Two portals of one statement are read in turn and do not disturb each other.
sub two_portals {
	my ($c) = @_;
	my $sql = "SELECT id FROM entries WHERE document = 'many' ORDER BY id";
	my $whole = $c->extended($sql);
	my %got = (a => [], b => []);

	$c->query('BEGIN');
	$c->send(P => $c->parse_body('s', $sql), B => $c->bind_body('a', 's', []),
	    B => $c->bind_body('b', 's', []), S => '');
	$c->result;
	for (1 .. 5) {
		for my $portal ('a', 'b') {
			$c->send(E => $c->execute_body($portal, 7), S => '');
			push @{ $got{$portal} }, @{ $c->result->{rows} };
		}
	}
	is_deeply($got{a}, [@{ $whole->{rows} }[0 .. 34]], 'the first of two portals');
	is_deeply($got{b}, $got{a}, 'the second of two portals');
	$c->query('COMMIT');
	$c->send(E => $c->execute_body('a', 7), S => '');
	is($c->result->{error}{C}, '34000', 'portals end with the transaction');
	$c->send(C => "Ss\0", S => '');
	$c->result;
}

my $target = KBTarget->start;
$target->load_fixture;
my $pg = postgres_like($target);
all_statements($target, $pg);
portals($target);
$pg->stop;
done_testing;
