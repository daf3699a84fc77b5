# KBTest.pm - a kbd of its own for a test: directory, config, server, clients.
#
#   my $kb = KBTest->new(settings => { statement_timeout => '50ms' });
#   is($kb->psql('SELECT count(*) FROM documents'), "0\n", 'empty');
#   like($kb->psql_error('SELECT nosuch'), qr/42703/, 'no such column');
#
# It listens on the socket in its own directory; also on TCP when a test sets
# listen_addresses and "port". Run as root, the
# directory belongs to "nobody", since kbd never serves as root. Everything is
# stopped and removed at the end, unless the test failed.
#
# SPDX-License-Identifier: ISC
package KBTest;
use strict;
use warnings;
use Fcntl qw(:flock);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IPC::Open3 qw(open3);
use POSIX qw(:sys_wait_h);
use Symbol qw(gensym);
use Test::More ();
use Time::HiRes qw(sleep time);

our $TIMEOUT = $ENV{KB_TIMEOUT} // ($ENV{KB_VALGRIND} ? 120 : 30);	# seconds, for anything
my @all;

my $build = $ENV{KB_BUILDDIR} // '.';

# A test that needs a program says so; with KB_NO_SKIP=1 it must be there.
sub need {
	my (@programs) = @_;
	for my $p (@programs) {
		next if grep { -x "$_/$p" } split /:/, $ENV{PATH};
		Test::More::BAIL_OUT("$p is not installed") if $ENV{KB_NO_SKIP};
		Test::More::plan(skip_all => "$p is not installed");
	}
}

sub new {
	my ($class, %o) = @_;
	delete @ENV{grep { /^(?:PG|KB(?:HOST|PORT|USER|_URL|DATA))/ } keys %ENV};
	my $top = tempdir('kbXXXXXX', TMPDIR => 1, CLEANUP => 0);
	chmod 0755, $top;
	my $self = bless { top => $top, dir => "$top/d",
	    port => $o{port} // 7432,
	    owner => $$, out => "$top/out", err => "$top/err" }, $class;
	push @all, $self;
	return $self if $o{bare};
	$self->init;
	$self->conf(%{ $o{settings} // {} });
	$self->start unless $o{stopped};
	return $self;
}

sub dir { $_[0]{dir} }
sub top { $_[0]{top} }
sub run_dir { "$_[0]{dir}/run" }
sub pid { $_[0]{pid} }
sub kbd { "$build/kbd/kbd" }
sub user { $> == 0 ? 'nobody' : undef }

sub slurp {
	my ($path) = @_;
	open my $f, '<:raw', $path or return '';
	local $/;
	return scalar(<$f>) // '';
}

sub spew {
	my ($path, $text) = @_;
	open my $f, '>:raw', $path or die "$path: $!";
	print {$f} $text;
	close $f or die "$path: $!";
}

# Run a program to its end: (exit status, its output, its errors).
sub run {
	my ($self, @cmd) = @_;
	my $stdin = ref $cmd[0] ? ${ shift @cmd } : '';
	my ($n) = map { $_->{runs} = ($_->{runs} // 0) + 1 } $self;
	my @files = map { "$self->{top}/run-$$-$n-$_" } qw(in out err);
	spew($files[0], $stdin);
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDIN, '<', $files[0] or POSIX::_exit(126);
		open STDOUT, '>', $files[1] or POSIX::_exit(126);
		open STDERR, '>', $files[2] or POSIX::_exit(126);
		exec { $cmd[0] } @cmd or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	my @text = map { slurp($_) } @files[1, 2];
	unlink @files;
	return ($status, @text);
}

sub init {
	my ($self) = @_;
	my @cmd = ($self->kbd, 'init', '-D', $self->dir);
	push @cmd, '--user', $self->user if $self->user;
	my ($status, $out, $err) = $self->run(@cmd);
	die "kbd init: $err" if $status != 0;
	$self->{init_output} = $out;
}

# Write kbd.conf; what is not named has its default.
sub conf {
	my ($self, %set) = @_;
	spew("$self->{dir}/kbd.conf",
	    join '', map { "$_ = '$set{$_}'\n" } sort keys %set);
}

sub start {
	my ($self) = @_;
	my @wrap = split ' ', $ENV{KB_VALGRIND} // '';
	unlink $self->{out};	# the line of the last start
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $self->{out} or POSIX::_exit(126);
		open STDERR, '>>', $self->{err} or POSIX::_exit(126);
		my @cmd = (@wrap, $self->kbd, '-D', $self->dir);
		exec { $cmd[0] } @cmd or POSIX::_exit(127);
	}
	$self->{pid} = $pid;
	my $ok = $self->wait_for(sub {
		slurp($self->{out}) =~ /^ready / || waitpid($pid, WNOHANG) == $pid
	});
	die "kbd did not get ready: " . slurp($self->{err}) . $self->log
	    unless $ok && slurp($self->{out}) =~ /^ready /;
}

# Wait until a condition holds: no fixed sleeps.
sub wait_for {
	my ($self, $cond) = @_;
	my $end = time + $TIMEOUT;
	while (time < $end) {
		return 1 if $cond->();
		sleep 0.02;
	}
	return 0;
}

sub wait_log {
	my ($self, $re) = @_;
	return $self->wait_for(sub { $self->log =~ $re });
}

sub signal {
	my ($self, $sig) = @_;
	kill $sig => $self->{pid};
}

# Stop and return the exit status; -1 when it did not stop.
sub stop {
	my ($self, $sig) = @_;
	return 0 unless $self->{pid};
	kill $sig // 'TERM', $self->{pid};
	my $gone = $self->wait_for(sub {
		waitpid($self->{pid}, WNOHANG) == $self->{pid}
	});
	my $status = $?;
	if (!$gone) {
		kill 'KILL', $self->{pid};
		waitpid $self->{pid}, 0;
		$status = -1;
	}
	delete $self->{pid};
	return $status == -1 ? -1 : $status & 127 ? 128 + ($status & 127) :
	    $status >> 8;
}

sub restart {
	my ($self) = @_;
	$self->stop;
	$self->start;
}

# Write other settings, send SIGHUP, wait until the server has said something.
sub reload {
	my ($self, %set) = @_;
	my $before = length $self->log;
	$self->conf(%set);
	$self->signal('HUP');
	$self->wait_for(sub { length $self->log > $before });
}

sub log { slurp("$_[0]{dir}/log/kbd.log") . slurp($_[0]{err}) }

# Memory of the server now, in kB.
sub rss {
	my ($self) = @_;
	return slurp("/proc/$self->{pid}/status") =~ /^VmRSS:\s+(\d+)/m ?
	    $1 : 0;
}

sub psql_cmd {
	my ($self, @more) = @_;
	return ('psql', '-X', '-q', '-A', '-t', '-h', $self->run_dir, '-p',
	    $self->{port}, '-U', 'admin', '-d', 'kb', @more);
}

# Text of statements through psql's standard input: (status, out, err).
sub psql_run {
	my ($self, $sql, @more) = @_;
	return $self->run(\$sql, $self->psql_cmd(@more));
}

# Standard output of statements that must succeed.
sub psql {
	my ($self, $sql, @more) = @_;
	my ($status, $out, $err) = $self->psql_run($sql, '-v',
	    'ON_ERROR_STOP=1', @more);
	Test::More::diag("psql: $err") if $status != 0 || $err ne '';
	return $out;
}

# The verbose error of a statement that must fail: "ERROR:  42703: ...".
sub psql_error {
	my ($self, $sql, @more) = @_;
	my ($status, $out, $err) = $self->psql_run($sql, '-v',
	    'VERBOSITY=verbose', @more);
	return $err;
}

sub kbctl {
	my ($self, @args) = @_;
	my @stdin = ref $args[0] ? shift @args : ();
	return $self->run(@stdin, "$build/kbctl/kbctl", '-D', $self->dir,
	    @args);
}

# A Markdown text as a document.
sub import_text {
	my ($self, $name, $text) = @_;
	$text =~ s/'/''/g;
	$text =~ s/\\/\\\\/g;
	return $self->psql("CALL import_document('$name', '$name.md', " .
	    "E'$text', NULL, 'test')");
}

sub finish {
	my ($self) = @_;
	return if $self->{owner} != $$;
	my $status = $self->stop;
	my $builder = Test::More->builder;
	$builder->ok(0, "kbd ended with status $status: " . slurp($self->{err}))
	    if $status != 0 && !$self->{killed};
	if ($builder->is_passing) {
		remove_tree($self->{top});
	} else {
		Test::More::diag("files are in $self->{top}");
	}
}

END {
	my $status = $?;
	for my $kb (@all) {
		next if $kb->{owner} != $$;
		if ($kb->{pid}) {
			kill 'KILL', $kb->{pid};
			waitpid $kb->{pid}, 0;
		}
		remove_tree($kb->{top}) if -d $kb->{top} &&
		    Test::More->builder->is_passing;
	}
	$? = $status;
}

1;
