# KBMessages.pm - the PostgreSQL protocol by hand, to send what no client sends.
#
#   my $w = KBMessages->new($kb);		# connected and greeted
#   $w->send(parse('', 'SELECT 1'), bind_('', ''), execute(''), sync_());
#   is($w->types, '12DCZ');		# messages up to ReadyForQuery
#
# SPDX-License-Identifier: ISC
package KBMessages;
use strict;
use warnings;
use Exporter qw(import);
use IO::Select;
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);

our @EXPORT = qw(message query parse bind_ describe execute close_ sync_
    flush_ terminate startup);

sub message { my ($t, $body) = @_; return $t . pack('N', 4 + length $body) . $body }
sub query { message('Q', "$_[0]\0") }
sub parse {
	my ($name, $sql, @types) = @_;
	return message('P', "$name\0$sql\0" . pack('n N*', scalar @types, @types));
}
# bind_(portal, statement, values...) with text in and out
sub bind_ {
	my ($portal, $st, @v) = @_;
	my $values = join '', map {
		defined $_ ? pack('N', length $_) . $_ : pack('N', 0xffffffff)
	} @v;
	return message('B', "$portal\0$st\0" . pack('n', 0) .
	    pack('n', scalar @v) . $values . pack('n', 0));
}
sub describe { message('D', $_[0] . "$_[1]\0") }
sub execute { message('E', "$_[0]\0" . pack('N', $_[1] // 0)) }
sub close_ { message('C', $_[0] . "$_[1]\0") }
sub sync_ { message('S', '') }
sub flush_ { message('H', '') }
sub terminate { message('X', '') }
sub startup {
	my ($version, %p) = @_;
	my $body = pack('N', $version) .
	    join('', map { "$_\0$p{$_}\0" } sort keys %p) . "\0";
	return pack('N', 4 + length $body) . $body;
}

sub connect_ {
	my ($class, $kb) = @_;
	my $s = IO::Socket::UNIX->new(Type => SOCK_STREAM,
	    Peer => $kb->run_dir . "/.s.PGSQL.$kb->{port}") or
	    die "connect: $!";
	return bless { s => $s, in => '', log => [] }, $class;
}

sub new {
	my ($class, $kb, %o) = @_;
	my $self = $class->connect_($kb);
	$self->send(startup($o{version} // 196608, user => 'admin',
	    database => 'kb', %{ $o{params} // {} }));
	$self->read_until('Z');
	return $self;
}

sub send {
	my ($self, @parts) = @_;
	my $bytes = join '', @parts;
	while (length $bytes) {
		my $n = syswrite $self->{s}, $bytes;
		return 0 unless $n;
		substr($bytes, 0, $n, '');
	}
	return 1;
}

# The next message as [type, body]; undef at the end or after $KBTest::TIMEOUT.
sub next_message {
	my ($self) = @_;
	my $sel = IO::Select->new($self->{s});
	for (;;) {
		if (length $self->{in} >= 5) {
			my ($t, $len) = unpack 'a N', $self->{in};
			if (length $self->{in} > $len) {
				my $body = substr $self->{in}, 5, $len - 4;
				substr($self->{in}, 0, $len + 1, '');
				return [$t, $body];
			}
		}
		return undef unless $sel->can_read($KBTest::TIMEOUT);
		my $n = sysread $self->{s}, $self->{in}, 65536,
		    length $self->{in};
		return undef unless $n;
	}
}

# Messages up to and with one of that type; fewer at the end of the stream.
sub read_until {
	my ($self, $type) = @_;
	my @m;
	while (my $m = $self->next_message) {
		push @m, $m;
		last if $m->[0] eq $type;
	}
	return $self->{last} = \@m;
}

sub types { my ($self) = @_; return join '', map { $_->[0] } @{ $self->read_until('Z') } }

# Fields of the last ErrorResponse that was read, as a hash.
sub error {
	my ($self) = @_;
	my ($m) = grep { $_->[0] eq 'E' } @{ $self->{last} };
	return {} unless $m;
	return { map { (substr($_, 0, 1) => substr($_, 1)) }
	    grep { length } split /\0/, $m->[1] };
}

# Cells of the DataRows that were read last.
sub rows {
	my ($self) = @_;
	my @rows;
	for my $m (grep { $_->[0] eq 'D' } @{ $self->{last} }) {
		my ($n, @cells) = (unpack 'n', $m->[1]);
		my $at = 2;
		while ($n-- > 0) {
			my $len = unpack 'N', substr $m->[1], $at, 4;
			$at += 4;
			if ($len == 0xffffffff) {
				push @cells, undef;
				next;
			}
			push @cells, substr $m->[1], $at, $len;
			$at += $len;
		}
		push @rows, \@cells;
	}
	return \@rows;
}

sub closed { my ($self) = @_; return !defined $self->next_message }

1;
