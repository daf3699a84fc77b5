# KBWire.pm - PostgreSQL's protocol 3.0 by hand, for tests.
#
# Real drivers only send what is legal. Here a test sends any bytes it likes
# and sees every byte of the answer. Core modules only, hence no TLS: the
# drivers of tests/drivers/ do that.
#
#   my $c = KBWire->connect(host => '127.0.0.1', port => 7432,
#       user => 'ann', password => 'secret');
#   my $r = $c->query('SELECT 1 AS one');
#   $r->{cols}[0]{name}; $r->{rows}[0][0]; $r->{tag}; $r->{error}{C};
#
# Every wait has an end: "timeout" seconds (default 20) without a message
# make the result { error => { C => 'TIMEOUT' } }, a closed connection
# { error => { C => 'CLOSED' } }. Nothing here dies but connect(), and that
# only with "die => 1" (the default); the server's error is in the text.
#
# For what no driver sends there are functions that make one message's bytes,
# and methods that look at the answer message by message:
#
#   my $c = KBWire->open(socket => $dir, port => 7432);
#   $c->send_bytes(startup_(196608, user => 'ann'), query_('SELECT 1'));
#   $c->types;          'TDCZ': up to ReadyForQuery, or the end
#   $c->rows;           cells of the DataRows among them
#   $c->error->{C};     of the first ErrorResponse, or {}
#
# Strings are bytes; nothing is decoded.
#
# SPDX-License-Identifier: ISC
package KBWire;

use strict;
use warnings;
use Digest::SHA qw(sha256 hmac_sha256);
use Exporter qw(import);
use IO::Socket::INET;
use IO::Socket::UNIX;
use MIME::Base64 qw(encode_base64 decode_base64);
use Socket qw(IPPROTO_TCP TCP_NODELAY SOCK_STREAM);
use Time::HiRes qw(time);

our @EXPORT = qw(message_ startup_ query_ parse_ bind_ describe_ execute_
    close_ sync_ flush_);

my $nonces = 0;

# An open socket, not a byte sent.
sub open {
	my ($class, %o) = @_;
	my $fh;

	if (defined $o{socket}) {
		$fh = IO::Socket::UNIX->new(Type => SOCK_STREAM,
		    Peer => "$o{socket}/.s.PGSQL.$o{port}");
	} else {
		$fh = IO::Socket::INET->new(PeerAddr => $o{host} // '127.0.0.1',
		    PeerPort => $o{port}, Proto => 'tcp', Timeout => 10);
		setsockopt($fh, IPPROTO_TCP, TCP_NODELAY, 1) if $fh;
	}
	return undef unless $fh;
	binmode $fh;
	return bless { fh => $fh, in => '', eof => 0, timeout => $o{timeout} // 20,
	    %o, status => {}, notices => [] }, $class;
}

# Open, start up, log in, wait for ReadyForQuery.
sub connect {
	my ($class, %o) = @_;
	my $self = $class->open(%o);
	my $err;

	if (!$self) {
		die "cannot connect: $!\n" if $o{die} // 1;
		return undef;
	}
	$self->send_startup($o{protocol} // 0x30000, user => $o{user},
	    database => $o{database} // 'kb', @{ $o{params} // [] });
	$err = $self->login($o{password});
	if ($err && ($o{die} // 1)) {
		die "cannot log in: $err->{C} " . ($err->{M} // '') . "\n";
	}
	$self->{login_error} = $err;
	return $self;
}

sub send_bytes {
	my ($self, @parts) = @_;
	my $bytes = join '', @parts;
	my $off = 0;

	local $SIG{PIPE} = 'IGNORE';
	while ($off < length $bytes) {
		my $n = syswrite $self->{fh}, $bytes, length($bytes) - $off, $off;
		next if !defined $n && $!{EINTR};
		return 0 unless $n;
		$off += $n;
	}
	return 1;
}

sub startup_bytes {
	my ($class, $protocol, @params) = @_;
	my $body = pack('N', $protocol) . join('', map { "$_\0" } @params) . "\0";

	return pack('N', 4 + length $body) . $body;
}

sub send_startup {
	my ($self, @args) = @_;

	return $self->send_bytes($self->startup_bytes(@args));
}

sub message {
	my ($class, $type, $body) = @_;

	return $type . pack('N', 4 + length $body) . $body;
}

sub send {
	my ($self, @messages) = @_;
	my $all = '';

	while (my ($type, $body) = splice @messages, 0, 2) {
		$all .= $self->message($type, $body);
	}
	return $self->send_bytes($all);
}

# Read until n bytes are in; false at the end of the stream or of time.
sub fill {
	my ($self, $n, $timeout) = @_;
	my $end = time + ($timeout // $self->{timeout});

	while (length $self->{in} < $n) {
		my $left = $end - time;
		my $want = '';
		my $got;

		return 0 if $self->{eof} || $left <= 0;
		vec($want, fileno $self->{fh}, 1) = 1;
		next if select($want, undef, undef, $left) <= 0;
		$got = sysread $self->{fh}, $self->{in}, 65536,
		    length $self->{in};
		next if !defined $got && $!{EINTR};
		$self->{eof} = 1 unless $got;
	}
	return 1;
}

# The next message: (type, body); ('', 'CLOSED'), ('', 'TIMEOUT').
sub recv {
	my ($self, $timeout) = @_;
	my ($type, $len);

	return ('', $self->{eof} ? 'CLOSED' : 'TIMEOUT')
	    unless $self->fill(5, $timeout);
	($type, $len) = unpack 'aN', $self->{in};
	return ('', 'GARBAGE') if $len < 4 || $len > 1 << 30;
	return ('', $self->{eof} ? 'CLOSED' : 'TIMEOUT')
	    unless $self->fill(1 + $len, $timeout);
	return ($type, substr(substr($self->{in}, 0, 1 + $len, ''), 5));
}

# What the server sends until it closes: (list of [type, body], closed?)
sub drain {
	my ($self, $timeout) = @_;
	my $end = time + ($timeout // $self->{timeout});
	my @got;

	for (;;) {
		my ($type, $body) = $self->recv($end - time);
		return (\@got, $body eq 'CLOSED') if $type eq '';
		push @got, [$type, $body];
	}
}

sub fields {
	my ($class, $body) = @_;
	my %f;

	for my $part (split /\0/, $body) {
		$f{substr $part, 0, 1} = substr $part, 1 if length $part;
	}
	return \%f;
}

# Messages up to and with one of that type, fewer at the end of the stream or
# of time; they stay in {last}.
sub read_until {
	my ($self, $until) = @_;
	my @got;

	for (;;) {
		my ($type, $body) = $self->recv;
		last if $type eq '';
		push @got, [$type, $body];
		last if $type eq $until;
	}
	return $self->{last} = \@got;
}

sub types {
	my ($self) = @_;

	return join '', map { $_->[0] } @{ $self->read_until('Z') };
}

# What read_until() read: the first error's fields, the cells of all rows.
sub error {
	my ($self) = @_;
	my ($m) = grep { $_->[0] eq 'E' } @{ $self->{last} };

	return $m ? $self->fields($m->[1]) : {};
}

sub rows {
	my ($self) = @_;

	return [map { $self->values($_->[1]) } grep { $_->[0] eq 'D' }
	    @{ $self->{last} }];
}

# A byte that is no message: the answer to SSLRequest. '' at the end.
sub byte {
	my ($self) = @_;

	return $self->fill(1) ? substr $self->{in}, 0, 1, '' : '';
}

# Whether the server closes without another byte.
sub closed {
	my ($self) = @_;

	return !$self->fill(1) && $self->{eof};
}

# After the startup packet: undef when ready, else the error's fields.
sub login {
	my ($self, $password) = @_;
	my ($scram, $final);

	$self->{auth_steps} = '';
	for (;;) {
		my ($type, $body) = $self->recv;

		return { C => $body } if $type eq '';
		if ($type eq 'R') {
			my ($code, $rest) = unpack 'Na*', $body;

			$self->{auth_steps} .= "R$code ";
			next if $code == 0;
			if ($code == 10) {
				$self->{mechanisms} = [split /\0/, $rest];
				$scram = $self->scram_first;
			} elsif ($code == 11) {
				$self->{server_first} = $rest;
				$final = $self->scram_final($scram, $rest,
				    $password // '');
			} elsif ($code == 12) {
				return { C => 'BADSERVER',
				    M => 'the server does not know the password' }
				    unless $rest eq "v=$final";
			} else {
				return { C => 'AUTH', M => "method $code" };
			}
		} elsif ($type eq 'E') {
			$self->{auth_steps} .= 'E ';
			return $self->fields($body);
		} elsif ($type eq 'S') {
			my ($name, $value) = split /\0/, $body;
			$self->{status}{$name} = $value;
		} elsif ($type eq 'K') {
			($self->{pid}, $self->{key}) = unpack 'Na*', $body;
		} elsif ($type eq 'Z') {
			$self->{z} = $body;
			return undef;
		} elsif ($type eq 'v') {
			$self->{negotiated} = $body;
		} elsif ($type ne 'N') {
			return { C => 'PROTOCOL', M => "message $type at login" };
		}
	}
}

sub scram_first {
	my ($self) = @_;
	my $nonce = encode_base64(sha256(join '/', $$, time, $nonces++), '');
	my $first = "n,,n=,r=$nonce";

	$nonce =~ tr/,/x/;
	$self->send(p => "SCRAM-SHA-256\0" . pack('N', length $first) . $first);
	return { nonce => $nonce, bare => substr $first, 3 };
}

sub scram_final {
	my ($self, $scram, $server_first, $password) = @_;
	my ($nonce, $salt, $rounds) =
	    $server_first =~ /^r=([^,]+),s=([^,]+),i=(\d+)$/ or return '';
	my $without = "c=biws,r=$nonce";
	my $auth = "$scram->{bare},$server_first,$without";
	my ($salted, $stored, $client);

	$salted = my $u = hmac_sha256(decode_base64($salt) . pack('N', 1),
	    $password);
	for (2 .. $rounds) {
		$u = hmac_sha256($u, $password);
		$salted ^= $u;
	}
	$client = hmac_sha256('Client Key', $salted);
	$stored = sha256($client);
	$self->send(p => "$without,p=" .
	    encode_base64($client ^ hmac_sha256($auth, $stored), ''));
	return encode_base64(
	    hmac_sha256($auth, hmac_sha256('Server Key', $salted)), '');
}

# Collect one answer, up to ReadyForQuery (or a type in "until").
# A statement of a simple query beyond the first is in {more}.
sub result {
	my ($self, %o) = @_;
	my $until = $o{until} // 'Z';
	my $r = { cols => undef, rows => [], tag => undef, error => undef,
	    more => [], seen => '' };
	my $now = $r;

	for (;;) {
		my ($type, $body) = $self->recv($o{timeout});

		if ($type eq '') {
			$now->{error} //= { C => $body };
			return $r;
		}
		$r->{seen} .= $type;
		if ($type =~ /[TD]/ && defined $now->{tag}) {
			$now = { cols => undef, rows => [], tag => undef,
			    error => undef };
			push @{ $r->{more} }, $now;
		}
		if ($type eq 'T') {
			$now->{cols} = $self->columns($body);
		} elsif ($type eq 'D') {
			push @{ $now->{rows} }, $self->values($body);
		} elsif ($type eq 'C') {
			$now->{tag} = $body =~ s/\0.*//sr;
		} elsif ($type eq 'E') {
			$now->{error} = $self->fields($body);
		} elsif ($type eq 'S') {
			my ($name, $value) = split /\0/, $body;
			$self->{status}{$name} = $value;
		} elsif ($type eq 't') {
			my ($n, @oids) = unpack 'nN*', $body;
			$r->{params} = \@oids;
		} elsif ($type eq 'Z') {
			$r->{z} = $self->{z} = $body;
		} elsif ($type eq 's') {
			$r->{suspended} = 1;
		}
		return $r if $type =~ /[$until]/ || $type eq 'Z';
		return $r if $type eq 'E' && ($now->{error}{S} // '') =~
		    /FATAL|PANIC/ && !$self->fill(1, 5);
	}
}

sub columns {
	my ($class, $body) = @_;
	my ($n, $rest) = unpack 'na*', $body;
	my @cols;

	for (1 .. $n) {
		my ($name, $tab, $att, $oid, $len, $mod, $fmt, $more) =
		    unpack 'Z*NnNnNna*', $rest;
		push @cols, { name => $name, table => $tab, oid => $oid,
		    len => $len, mod => $mod, format => $fmt };
		$rest = $more;
	}
	return \@cols;
}

sub values {
	my ($class, $body) = @_;
	my ($n, @row) = unpack 'n', $body;
	my $at = 2;

	for (1 .. $n) {
		my $len = unpack 'l>', substr $body, $at, 4;
		$at += 4;
		push @row, $len < 0 ? undef : substr $body, $at, $len;
		$at += $len if $len > 0;
	}
	return \@row;
}

sub query {
	my ($self, $sql, %o) = @_;

	$self->send(Q => "$sql\0");
	return $self->result(%o);
}

# Bodies of the extended protocol's messages.
sub parse_body {
	my ($class, $name, $sql, @oids) = @_;

	return "$name\0$sql\0" . pack 'nN*', scalar @oids, @oids;
}

sub bind_body {
	my ($class, $portal, $name, $values, @formats) = @_;

	return "$portal\0$name\0" . pack('nn', 0, scalar @$values) .
	    join('', map { defined $_ ? pack('N/a*', $_) : pack('N', 2**32 - 1) }
	    @$values) . pack 'nn*', scalar @formats, @formats;
}

sub execute_body {
	my ($class, $portal, $max) = @_;

	return "$portal\0" . pack 'N', $max // 0;
}

# Parse, Describe statement, Bind, Describe portal, Execute, Sync in one go.
#   params  [[oid, text or undef], ...]    format  0 text, 1 binary
# {announced} has the columns of Describe statement, {params} its OIDs.
sub extended {
	my ($self, $sql, %o) = @_;
	my @params = @{ $o{params} // [] };
	my ($r, $described);

	$self->send(P => $self->parse_body('', $sql, map { $_->[0] } @params),
	    D => "S\0", H => '');
	$described = $self->result(until => 'TnE', timeout => $o{timeout});
	if ($described->{error}) {
		$self->send(S => '');
		$r = $self->result(timeout => $o{timeout});
		$r->{error} //= $described->{error};
		return $r;
	}
	$self->send(B => $self->bind_body('', '', [map { $_->[1] } @params],
	    $o{format} // 0), D => "P\0", E => $self->execute_body('', $o{max}),
	    S => '');
	$r = $self->result(timeout => $o{timeout});
	$r->{announced} = $described->{cols};
	$r->{params} = $described->{params};
	return $r;
}

# Functions: the bytes of one message.
sub message_ { return KBWire->message(@_) }
sub startup_ { return KBWire->startup_bytes(@_) }
sub query_ { return message_('Q', "$_[0]\0") }
sub parse_ { return message_('P', KBWire->parse_body(@_)) }
sub describe_ { return message_('D', "$_[0]$_[1]\0") }
sub execute_ { return message_('E', KBWire->execute_body(@_)) }
sub close_ { return message_('C', "$_[0]$_[1]\0") }
sub sync_ { return message_('S', '') }
sub flush_ { return message_('H', '') }

# bind_(portal, statement, values...), with text in and out.
sub bind_ {
	my ($portal, $name, @values) = @_;

	return message_('B', KBWire->bind_body($portal, $name, \@values));
}

# Ask, on a connection of its own, to stop what this one runs.
sub cancel {
	my ($self) = @_;
	my $other = KBWire->open(host => $self->{host}, port => $self->{port},
	    socket => $self->{socket}) or return 0;

	$other->send_bytes(pack('NNN', 12 + length $self->{key}, 80877102,
	    $self->{pid}) . $self->{key});
	return ($other->drain(5))[1];
}

sub close {
	my ($self, %o) = @_;

	$self->send(X => '') unless $o{rude} || !$self->{fh};
	close $self->{fh} if $self->{fh};
	$self->{fh} = undef;
}

1;
