# KBTarget.pm - the server under test, ready to be talked to over TCP.
#
#   KBTarget->plan;                       skip_all when a peer is missing
#   my $t = KBTarget->start;
#   my $c = $t->wire;                     KBWire, logged in as {user}
#   $t->import_document('name', $markdown);
#   $t->memory_kb  $t->descriptors        of the server's processes
#
# Which server is in the environment:
#   KB_TEST_TARGET=postgres  a private PostgreSQL that acts kbd (see
#                            tests/drivers/stub.sql): proves the tests, not kbd
#   KB_TEST_HOST=...         a server that is already there; then also
#                            KB_TEST_PORT USER PASSWORD CERT SOCKET
#                            SOCKET_USER PID REFUSED EXPIRED (KB_TEST_ each)
#   none of both             kbd from the build tree
#
# A test that says plan(local => 1) asks kbd of the build tree over its socket
# and needs no password.
#
# For the programs of tests/drivers/ the same is exported as KB_TEST_*.
#
# SPDX-License-Identifier: ISC
package KBTarget;

use strict;
use warnings;
use File::Temp qw(tempdir);
use IPC::Open3;
use KBPostgres;
use KBWire;
use Test::More ();

use constant PASSWORD => 'Right Horse, 1';
my @running;
my $local;		# over the socket, without passwords

sub plan {
	my ($class, %o) = @_;

	$local = $o{local} && !$ENV{KB_TEST_TARGET} && !$ENV{KB_TEST_HOST};
	my $needs_pg = $o{postgres} || ($ENV{KB_TEST_TARGET} // '') eq 'postgres';
	my $missing = $needs_pg ? KBPostgres->missing : '';
	return unless $missing;
	die "$missing is missing and KB_NO_SKIP is set\n" if $ENV{KB_NO_SKIP};
	Test::More::plan(skip_all => "$missing is missing");
}

sub top {
	return $ENV{KB_SRCDIR} // '.';
}

sub build {
	return $ENV{KB_BUILDDIR} // '.';
}

sub start {
	my ($class) = @_;
	my $self = bless { owner => $$, database => 'kb' }, $class;

	push @running, $self;
	if ($local) {
		$self->start_local;
	} elsif (($ENV{KB_TEST_TARGET} // '') eq 'postgres') {
		$self->start_postgres;
	} elsif ($ENV{KB_TEST_HOST}) {
		$self->take_environment;
	} else {
		$self->start_kbd;
	}
	$self->export;
	return $self;
}

sub start_postgres {
	my ($self) = @_;
	my $pg = KBPostgres->start(authentication_timeout => '3s',
	    idle_session_timeout => '0', statement_timeout => '20s');

	$pg->psql('postgres', 'CREATE DATABASE kb');
	$pg->psql('kb', KBPostgres::slurp(top() . "/tests/$_"))
	    for 'sql/relations.sql', 'drivers/stub.sql';
	%$self = (%$self, kind => 'postgres', server => $pg, host => 'localhost',
	    port => $pg->{port}, user => 'editor', password => PASSWORD,
	    cert => $pg->{cert}, socket => $pg->{socket},
	    socket_user => 'admin', pid => $pg->{pid}, refused => 'refused',
	    expired => 'expired', login_timeout => 3);
}

sub take_environment {
	my ($self) = @_;

	$self->{kind} = 'other';
	$self->{$_} = $ENV{'KB_TEST_' . uc} for qw(host port user password cert
	    socket socket_user pid refused expired);
	$self->{login_timeout} = $ENV{KB_TEST_LOGIN_TIMEOUT} // 15;
}

# kbd of the build tree, only on its socket.
sub start_local {
	my ($self) = @_;
	my $dir = tempdir('kbdXXXXXX', TMPDIR => 1, CLEANUP => 0);

	%$self = (%$self, kind => 'kbd', dir => $dir, port => 7432,
	    user => 'editor', password => PASSWORD, socket => "$dir/data/run",
	    socket_user => 'admin');
	$self->init_directory;
	KBPostgres::spew("$dir/data/kbd.conf", "statement_timeout = 20s\n",
	    '>>');
	KBPostgres::spew("$dir/data/kbd_hba.conf",
	    "local all editor trust\nlocal all admin peer\n");
	$self->serve;
	$self->sql_as_admin('CREATE USER editor IN ROLE editor');
}

# As root it needs a system user that owns the directory.
sub init_directory {
	my ($self) = @_;
	my $owner = $ENV{KB_TEST_RUN_AS} // 'postgres';

	chmod 0755, $self->{dir};
	chown +(getpwnam $owner)[2, 3], $self->{dir} if $> == 0;
	$self->command('kbd/kbd', 'init', '-D', "$self->{dir}/data",
	    $> == 0 ? ('--user', $owner) : ());
}

# kbd of the build tree, in a directory of its own.
sub start_kbd {
	my ($self) = @_;
	my $dir = tempdir('kbdXXXXXX', TMPDIR => 1, CLEANUP => 0);
	my $port = KBPostgres::free_port();

	%$self = (%$self, kind => 'kbd', dir => $dir, host => 'localhost',
	    port => $port, user => 'editor', password => PASSWORD,
	    socket => "$dir/data/run", socket_user => 'admin',
	    cert => "$dir/data/tls/server.crt", refused => 'refused',
	    expired => 'expired', login_timeout => 3);
	$self->init_directory;
	KBPostgres::spew("$dir/data/kbd.conf", <<"END", '>>');
listen_addresses = '127.0.0.1'
port = $port
authentication_timeout = 3s
statement_timeout = 20s
END
	KBPostgres::spew("$dir/data/kbd_hba.conf", <<"END");
local all admin peer
local all all scram-sha-256
host all refused 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
END
	$self->serve;
	$self->add_role($_) for qw(editor refused expired);
	$self->sql_as_admin(
	    q{ALTER ROLE expired VALID UNTIL '2020-01-01 00:00:00+00'});
}

sub command {
	my ($self, $program, @args) = @_;
	my $out = '';
	my $pid = open3(my $in, my $from, undef, build() . "/$program", @args);

	close $in;
	while (defined(my $line = <$from>)) {
		$out .= $line;
	}
	waitpid $pid, 0;
	die "$program @args: $out\n" if $?;
	return $out;
}

# Start kbd and wait for the line it prints when it is ready.
sub serve {
	my ($self) = @_;
	my $line;

	$self->{pid} = open3(my $in, my $from, undef, build() . '/kbd/kbd', '-D',
	    "$self->{dir}/data");
	local $SIG{ALRM} = sub { die "kbd is not ready after 20 s\n" };
	alarm 20;
	while (defined($line = <$from>)) {
		last if $line =~ /ready/;
	}
	alarm 0;
	die "kbd ended before it was ready\n" unless defined $line;
	$self->{output} = $from;
}

sub add_role {
	my ($self, $name) = @_;
	my $right = $name eq 'editor' ? 'editor' : 'viewer';

	local $ENV{KB_NEW_PASSWORD} = PASSWORD;
	$self->command('kbctl/kbctl', '-D', "$self->{dir}/data", 'user', 'add',
	    $name, $right);
}

sub sql_as_admin {
	my ($self, $sql) = @_;
	my $c = KBWire->connect(socket => $self->{socket},
	    port => $self->{port}, user => $self->{socket_user});
	my $r = $c->query($sql);

	$c->close;
	die "$sql: $r->{error}{C} $r->{error}{M}\n" if $r->{error};
	return $r;
}

sub export {
	my ($self) = @_;

	for my $name (qw(host port user password cert socket socket_user)) {
		$ENV{'KB_TEST_' . uc $name} = $self->{$name}
		    if defined $self->{$name};
	}
	delete @ENV{grep { /^PG/ } keys %ENV};
}

# A connection, logged in; options as KBWire->connect takes them.
sub wire {
	my ($self, %o) = @_;

	return KBWire->connect($local ? (socket => $self->{socket}) :
	    (host => '127.0.0.1'), port => $self->{port},
	    user => $self->{user}, password => $self->{password}, %o);
}

sub import_document {
	my ($self, $name, $markdown) = @_;

	my $c = $self->wire;
	my $r = $c->extended('CALL import_document($1, $2, $3, $4, $5)',
	    params => [[25, $name], [25, "$name.md"], [25, $markdown],
	    [20, undef], [25, 'test']]);

	$c->close;
	die "import of $name: $r->{error}{C} " . ($r->{error}{M} // '') . "\n"
	    if $r->{error};
	return $r;
}

# What the tests read: tests/sql/fixture/*.md as fixture/NAME, and "many" with
# 1,200 short entries.
sub load_fixture {
	my ($self) = @_;

	my @fixture = sort glob top() . "/tests/sql/fixture/*.md" or
	    die "no tests/sql/fixture: is KB_SRCDIR right?\n";
	for my $path (@fixture) {
		my ($name) = $path =~ m{([^/]+)\.md$};
		$self->import_document("fixture/$name", KBPostgres::slurp($path));
	}
	$self->import_document('many', join '', map {
	    "# Entry $_\n\ntext of number $_\n\n" } 1 .. 1200);
}

# The processes of the server: itself and, with PostgreSQL, its backends.
sub processes {
	my ($self) = @_;
	my %parent;
	my @all = ($self->{pid});

	for my $stat (glob '/proc/[0-9]*/stat') {
		my ($pid, $ppid) = KBPostgres::slurp($stat) =~
		    /^(\d+) \(.*\) \S (\d+)/s or next;
		$parent{$pid} = $ppid;
	}
	push @all, grep { $parent{$_} == $self->{pid} } keys %parent;
	return @all;
}

sub memory_kb {
	my ($self) = @_;
	my $sum = 0;

	for my $pid ($self->processes) {
		my ($kb) = KBPostgres::slurp("/proc/$pid/smaps_rollup") =~
		    /^Pss:\s+(\d+)/m;
		$sum += $kb // 0;
	}
	return $sum;
}

# The most that one process of the server has held since reset_peak(), in kB.
sub peak_kb {
	my ($self) = @_;
	my $most = 0;

	for my $pid ($self->processes) {
		my ($kb) = KBPostgres::slurp("/proc/$pid/status") =~
		    /^VmHWM:\s+(\d+)/m;
		$most = $kb if defined $kb && $kb > $most;
	}
	return $most;
}

sub reset_peak {
	my ($self) = @_;

	for my $pid ($self->processes) {
		CORE::open my $out, '>', "/proc/$pid/clear_refs" or next;
		print $out "5\n";
		close $out;
	}
	return $self->peak_kb;
}

sub descriptors {
	my ($self) = @_;
	my @open = map { glob "/proc/$_/fd/*" } $self->processes;

	return scalar @open;
}

# Sanitizers keep freed memory for a while: their numbers mean nothing.
sub sanitized {
	my ($self) = @_;

	return KBPostgres::slurp("/proc/$self->{pid}/maps") =~
	    m{/lib(?:a|t|ub)san\.so};
}

sub alive {
	my ($self) = @_;

	return -d "/proc/$self->{pid}" ? 1 : 0;
}

sub stop {
	my ($self) = @_;

	return if $self->{stopped}++ || $self->{owner} != $$;
	return unless $self->{kind} eq 'kbd';
	kill TERM => $self->{pid} if $self->{pid};
	waitpid $self->{pid}, 0 if $self->{pid};
	$self->{exit} = $?;
	system('rm', '-rf', $self->{dir}) unless $ENV{KB_KEEP};
}

END {
	my $status = $?;

	$_->stop for grep { $_->{kind} } @running;
	$? = $status;
}

1;
