# KBCtl.pm - run kbctl as a stranger's shell would, and look at what it did.
#
#   my $ctl = KBCtl->new(env => { KBHOST => $dir });
#   my ($status, $out, $err) = $ctl->run('search', '-', { stdin => $text });
#   my @screen = $ctl->screen(80, 24, 'CPU', '100%');    # in a real terminal
#
# Home and configuration are folders of its own, so that nothing of the
# person who runs the tests leaks in. Texts are bytes.
#
# SPDX-License-Identifier: ISC
package KBCtl;
use strict;
use warnings;
use File::Temp ();
use JSON::PP ();
use JSONSchema;
use POSIX ();
use Time::HiRes ();

my $build = $ENV{KB_BUILDDIR} // 'build';
my $source = $ENV{KB_SRCDIR} // '.';

sub program { return "$build/kbctl/kbctl" }

sub new {
	my ($class, %arg) = @_;
	my $home = File::Temp->newdir('kbctl-XXXXXX', TMPDIR => 1);
	my %env = (
		(map { $_ => $ENV{$_} } grep { exists $ENV{$_} }
		    qw(ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS
		    TSAN_OPTIONS)),
		PATH => $ENV{PATH}, HOME => "$home", LC_ALL => 'C',
		%{ $arg{env} // {} },
	);
	return bless { home => $home, env => \%env,
	    wrap => [ split ' ', $ENV{KB_VALGRIND} // '' ] }, $class;
}

# A server of its own, which lives as long as the first value does, and a
# kbctl that asks it.
sub with_server {
	my ($class, %arg) = @_;
	my $server = KBCtl::Server->new;
	my $ctl = $class->new(env => { KBHOST => $server->dir . '/run',
	    %{ $arg{env} // {} } });
	return ($server, $ctl);
}

sub home { return "$_[0]{home}" }

sub slurp {
	my ($path) = @_;
	open my $in, '<:raw', $path or return '';
	local $/;
	return scalar(<$in>) // '';
}

sub spew {
	my ($path, $bytes) = @_;
	open my $out, '>:raw', $path or die "$path: $!";
	print $out $bytes;
	close $out or die "$path: $!";
}

# In the child: files as the three standard ones, the environment, the program.
sub become {
	my ($self, $files, $opt, @command) = @_;
	open STDIN, '<', $files->{in} or die "stdin: $!";
	open STDOUT, '>', $opt->{out} // $files->{out} or die "stdout: $!";
	open STDERR, '>', $files->{err} or die "stderr: $!";
	chdir $opt->{dir} if defined $opt->{dir};
	%ENV = (%{ $self->{env} }, %{ $opt->{env} // {} });
	delete $ENV{$_} for grep { !defined $ENV{$_} } keys %ENV;
	exec { $command[0] } @command or POSIX::_exit(126);
}

# Status (128 + signal if it was killed), standard output, standard error.
sub run {
	my ($self, @args) = @_;
	my $opt = ref $args[-1] eq 'HASH' ? pop @args : {};
	my %files = map { $_ => "$self->{home}/std$_" } qw(in out err);
	spew($files{in}, $opt->{stdin} // '');
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		$self->become(\%files, $opt, @{ $self->{wrap} }, program(),
		    @args);
	}
	waitpid $pid, 0;
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	return ($status, slurp($files{out}), slurp($files{err}));
}

# The --json document of a command, after it was held against its schema.
# Dies with the faults; the status is in $ctl->{status}.
sub json {
	my ($self, @args) = @_;
	my ($status, $out, $err) = $self->run(@args);
	$self->{status} = $status;
	my $value = eval { JSONSchema::decode($out) };
	die "kbctl @args: no JSON: $@\n$out\n$err" if !ref $value;
	my $name = ($value->{schema} // '') =~ s{/}{-}r;
	my $schema = JSONSchema->load("$source/doc/schema/$name.json");
	my @faults = $schema->check_value($value);
	die "kbctl @args: " . join('; ', @faults) . "\n" if @faults;
	return $value;
}

# Whether a program is there; KB_NO_SKIP makes it an error when it is not.
sub has {
	my ($name) = @_;
	return 1 if system("command -v $name >/dev/null 2>&1") == 0;
	die "$name is needed\n" if $ENV{KB_NO_SKIP};
	return 0;
}

# tmux runs it in a terminal of so many columns and rows; the lines on the
# screen when it is done, as characters. undef without tmux. What is typed
# when the screen shows something: type => [[qr/word:/, 'secret'], ...].
# With a pager, done is when it shows something: paged => qr/word/.
sub screen {
	my ($self, $columns, $rows, @args) = @_;
	my $opt = ref $args[-1] eq 'HASH' ? pop @args : {};
	# the server of the last call may still be on its way out
	my @tmux = ('tmux', '-S', "$self->{home}/tmux" . $self->{screens}++,
	    '-f', '/dev/null');
	return undef if !has('tmux');
	my %env = (%{ $self->{env} }, TERM => 'screen',
	    LC_ALL => 'C.UTF-8', %{ $opt->{env} // {} });
	my @command = ('env', '-i', map({ "$_=$env{$_}" }
	    grep { defined $env{$_} } sort keys %env), program(), @args);
	my $line = join ' ', map { s/'/'\\''/gr =~ s/^(.*)$/'$1'/sr } @command;
	my $done = "$self->{home}/done";
	unlink $done;
	local %ENV = (%ENV, LC_ALL => 'C.UTF-8', TERM => 'screen');
	delete $ENV{TMUX};
	system(@tmux, 'new-session', '-d', '-x', $columns, '-y', $rows,
	    "$line; echo \$? >$done.new; mv $done.new $done; sleep 100");
	my $until = Time::HiRes::time() + 60;
	for my $typed (@{ $opt->{type} // [] }) {
		my ($prompt, $keys) = @$typed;
		Time::HiRes::sleep(0.05) while !-e $done &&
		    screen_text(@tmux) !~ $prompt &&
		    Time::HiRes::time() < $until;
		system(@tmux, 'send-keys', '-l', $keys);
		system(@tmux, 'send-keys', 'Enter');
	}
	my $paged = $opt->{paged};	# what a pager shows before it waits
	Time::HiRes::sleep(0.05) while !-e $done &&
	    !($paged && screen_text(@tmux) =~ $paged) &&
	    Time::HiRes::time() < $until;
	Time::HiRes::sleep(0.2);
	my $text = screen_text(@tmux, $opt->{colors} ? '-e' : ());
	$self->{status} = -e $done ? 0 + slurp($done) : undef;
	system(@tmux, 'kill-server');
	return split /\n/, $text // '';
}

sub screen_text {
	my (@tmux) = @_;
	my @how = grep { $_ eq '-e' } @tmux;
	open my $in, '-|', (grep { $_ ne '-e' } @tmux), 'capture-pane', '-p',
	    @how or die "tmux: $!";
	binmode $in, ':encoding(UTF-8)';
	local $/;
	return scalar(<$in>) // '';
}

package KBCtl::Server;

use Scalar::Util qw(weaken);

my @servers;	# that may run; subs of a test hold some until the end

# Made with kbd init and started with kbctl start, as people do. Root cannot
# serve: then the directory is nobody's.
sub new {
	my ($class) = @_;
	my $top = File::Temp->newdir('kbctl-XXXXXX', TMPDIR => 1);
	chmod 0755, "$top";
	my $self = bless { top => $top, ctl => KBCtl->new, owner => $$ },
	    $class;
	my @user = $> == 0 ? qw(--user nobody) : ();
	my $log = $self->{ctl}->home . '/init';
	system("$build/kbd/kbd init -D $top/kb @user >$log 2>&1") == 0
	    or die 'kbd init: ' . KBCtl::slurp($log);
	my ($status, $out, $err) = $self->{ctl}->run('-D', $self->dir, 'start');
	die "kbctl start: $err" if $status != 0;
	push @servers, $self;
	weaken($servers[-1]);
	return $self;
}

sub dir { return "$_[0]{top}/kb" }

sub stop {
	my ($self) = @_;
	local ($?, $@, $!);
	$self->{ctl}->run('-D', $self->dir, 'stop') if $self->{owner} == $$;
	$self->{owner} = 0;
}

sub DESTROY { $_[0]->stop }

END { $_->stop for grep { defined } @servers }

1;
