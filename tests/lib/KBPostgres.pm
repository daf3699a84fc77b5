# KBPostgres.pm - a private PostgreSQL for tests, gone when the test ends.
#
#   my $pg = KBPostgres->start(authentication_timeout => '3s');
#   $pg->psql('kb', 'SELECT 1');          as its superuser, over the socket
#   $pg->{port}  $pg->{socket}  $pg->{cert}  $pg->{pid}
#
# It listens on 127.0.0.1 and on a socket in its own directory, with TLS
# (self-signed, for "localhost") and SCRAM passwords. initdb refuses root, so
# root becomes the system user postgres for it. KBPostgres->missing says what
# is not installed, '' when all is there.
#
# SPDX-License-Identifier: ISC
package KBPostgres;

use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::INET;

my @running;

sub bindir {
	for my $dir ($ENV{KB_PG_BINDIR} // (), '/usr/lib/postgresql/15/bin') {
		return $dir if -x "$dir/initdb";
	}
	return undef;
}

sub missing {
	return 'PostgreSQL 15' unless bindir();
	return 'psql' unless grep { -x "$_/psql" } split /:/, $ENV{PATH};
	return 'openssl' unless grep { -x "$_/openssl" } split /:/, $ENV{PATH};
	return 'a system user "postgres"' if $> == 0 && !getpwnam 'postgres';
	return '';
}

# Run as the user who may own a PostgreSQL; dies with what it said.
sub run {
	my ($self, @words) = @_;
	my $command = join ' ', map { my $w = $_; $w =~ s/'/'\\''/g; "'$w'" }
	    @words;

	$command = "cd '$self->{dir}' && $command";
	if ($> == 0) {
		my $quoted = $command =~ s/'/'\\''/gr;
		$command = "su postgres -s /bin/sh -c '$quoted'";
	}
	system("$command >'$self->{dir}/last.log' 2>&1") == 0 and return;
	die "$words[0] failed: " . slurp("$self->{dir}/last.log") .
	    slurp("$self->{dir}/log") . "\n";
}

sub slurp {
	my ($path) = @_;

	CORE::open my $in, '<', $path or return '';
	local $/;
	return <$in> // '';
}

sub spew {
	my ($path, $text, $mode) = @_;

	CORE::open my $out, $mode // '>', $path or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
}

sub free_port {
	my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'tcp',
	    Listen => 1) or die "no free port: $!";

	return $s->sockport;
}

# A self-signed certificate for localhost: (certificate, key), two files.
sub certificate {
	my ($dir) = @_;

	system("openssl req -x509 -newkey ec -pkeyopt " .
	    "ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost " .
	    "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -batch " .
	    "-keyout '$dir/server.key' -out '$dir/server.crt' 2>/dev/null") == 0
	    or die "openssl req failed\n";
	chmod 0600, "$dir/server.key";
	return ("$dir/server.crt", "$dir/server.key");
}

sub start {
	my ($class, %settings) = @_;
	my $self = bless { dir => tempdir('kbpgXXXXXX', TMPDIR => 1,
	    CLEANUP => 0), port => free_port(), owner => $$ }, $class;
	my ($bin, $data) = (bindir(), "$self->{dir}/data");
	my $me = getpwuid $>;

	push @running, $self;
	$self->{socket} = $self->{dir};
	$self->{superuser} = 'postgres';
	($self->{cert}, my $key) = certificate($self->{dir});
	if ($> == 0) {
		my (undef, undef, $uid, $gid) = getpwnam 'postgres';
		chown $uid, $gid, $self->{dir}, $self->{cert}, $key;
	}
	chmod 0755, $self->{dir};
	$self->run("$bin/initdb", '-D', $data, '-U', 'postgres', qw(-A trust
	    -E UTF8 --lc-collate=C --lc-ctype=C.UTF-8 --no-sync));
	%settings = (listen_addresses => '127.0.0.1', port => $self->{port},
	    unix_socket_directories => $self->{dir}, ssl => 'on',
	    ssl_cert_file => $self->{cert}, ssl_key_file => $key,
	    fsync => 'off', timezone => 'UTC', lc_messages => 'C',
	    shared_buffers => '16MB', max_connections => 120,
	    max_parallel_workers_per_gather => 0, jit => 'off', %settings);
	spew("$data/postgresql.conf", join('', map {
	    "$_ = '$settings{$_}'\n" } sort keys %settings), '>>');
	spew("$data/pg_hba.conf", <<"END");
local all postgres trust
local all admin peer map=owner
local all all scram-sha-256
host all refused 127.0.0.1/32 reject
host all postgres 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
END
	spew("$data/pg_ident.conf", "owner $me admin\n");
	$self->run("$bin/pg_ctl", '-D', $data, '-l', "$self->{dir}/log", '-w',
	    '-s', 'start');
	($self->{pid}) = slurp("$data/postmaster.pid") =~ /^(\d+)/;
	return $self;
}

# Run SQL as the superuser; dies at the first error. With a file: its text.
sub psql {
	my ($self, $database, $sql) = @_;
	my @words = ('psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h',
	    $self->{socket}, '-p', $self->{port}, '-U', 'postgres', '-d',
	    $database);

	local %ENV = %ENV;
	delete @ENV{grep { /^PG/ } keys %ENV};
	spew("$self->{dir}/input.sql", $sql);
	my $out = qx{@{[join ' ', map { "'$_'" } @words, '-f',
	    "$self->{dir}/input.sql"]} 2>&1};
	die "psql: $out" if $?;
	return $out;
}

sub stop {
	my ($self) = @_;

	return if $self->{stopped}++ || $self->{owner} != $$;
	eval { $self->run(bindir() . '/pg_ctl', '-D', "$self->{dir}/data", '-m',
	    'immediate', '-w', '-s', 'stop') };
	system('rm', '-rf', $self->{dir}) unless $ENV{KB_KEEP};
}

END {
	my $status = $?;

	$_->stop for @running;
	$? = $status;
}

1;
