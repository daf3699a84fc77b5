# JSONSchema.pm - does a document fit a JSON Schema?
#
# The part of draft 2020-12 that doc/schema/ uses: type, required, properties,
# items, enum, const, pattern, minimum, minLength, oneOf, and $ref
# into $defs. A
# keyword that it does not know is an error, never ignored.
#
#   my $schema = JSONSchema->load("doc/schema/kb.search-1.json");
#   my @faults = $schema->check($text);     # "answers[0].line: ..."
#
# SPDX-License-Identifier: ISC
package JSONSchema;
use strict;
use warnings;
use JSON::PP ();
use B ();

my %notes = map { $_ => 1 } qw($schema $id $defs title description);

sub decode {
	my ($text) = @_;
	return JSON::PP->new->utf8->allow_nonref->decode($text);
}

sub load {
	my ($class, $path) = @_;
	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	return bless { root => decode(scalar <$in>) }, $class;
}

# The faults of a JSON text; an empty list when it fits.
sub check {
	my ($self, $text) = @_;
	my $value = eval { decode($text) };
	return ("not JSON: $@") if $@;
	return $self->check_value($value);
}

sub check_value {
	my ($self, $value) = @_;
	return $self->faults($self->{root}, $value, '');
}

sub is_number {
	my ($value) = @_;
	return 0 if !defined $value || ref $value;
	my $flags = B::svref_2object(\$value)->FLAGS;
	return ($flags & (B::SVf_IOK | B::SVf_NOK)) && !($flags & B::SVf_POK);
}

sub is_type {
	my ($value, $type) = @_;
	my $ref = ref $value;
	return $ref eq 'HASH' if $type eq 'object';
	return $ref eq 'ARRAY' if $type eq 'array';
	return !defined $value if $type eq 'null';
	return $ref eq 'JSON::PP::Boolean' if $type eq 'boolean';
	return is_number($value) if $type eq 'number';
	return is_number($value) && $value == int $value
	    if $type eq 'integer';
	return defined $value && !$ref && !is_number($value)
	    if $type eq 'string';
	die "unknown type \"$type\"\n";
}

sub is_same {
	my ($a, $b) = @_;
	return !defined $a && !defined $b if !defined $a || !defined $b;
	return !ref $a && !ref $b && $a eq $b;
}

# keyword => sub(self, its value, the value to check): faults without a place
my %keywords = (
	type => sub {
		my ($self, $want, $value) = @_;
		my @types = ref $want ? @$want : $want;
		return grep({ is_type($value, $_) } @types) ? () :
		    ('is no ' . join ' or ', @types);
	},
	const => sub {
		my ($self, $want, $value) = @_;
		return is_same($want, $value) ? () : ("is not \"$want\"");
	},
	enum => sub {
		my ($self, $want, $value) = @_;
		return grep({ is_same($_, $value) } @$want) ? () :
		    ('is none of ' . join ', ', map { $_ // 'null' } @$want);
	},
	pattern => sub {
		my ($self, $want, $value) = @_;
		return () if !is_type($value, 'string') || $value =~ /$want/;
		return ("does not match $want");
	},
	minLength => sub {
		my ($self, $want, $value) = @_;
		return () if !is_type($value, 'string') ||
		    length $value >= $want;
		return ("is shorter than $want");
	},
	minimum => sub {
		my ($self, $want, $value) = @_;
		return () if !is_number($value) || $value >= $want;
		return ("is less than $want");
	},
	required => sub {
		my ($self, $want, $value) = @_;
		return () if ref $value ne 'HASH';
		return map { "has no \"$_\"" } grep { !exists $value->{$_} }
		    @$want;
	},
);

sub faults {
	my ($self, $schema, $value, $place) = @_;
	my @faults;

	for my $key (sort keys %$schema) {
		my $want = $schema->{$key};
		next if $notes{$key};
		if ($key eq '$ref') {
			my ($name) = $want =~ m{^#/\$defs/(\w+)$}
			    or die "unknown \$ref $want\n";
			my $def = $self->{root}{'$defs'}{$name}
			    or die "no definition $name\n";
			push @faults, $self->faults($def, $value, $place);
		} elsif ($key eq 'properties') {
			next if ref $value ne 'HASH';
			push @faults, $self->faults($want->{$_}, $value->{$_},
			    $place eq '' ? $_ : "$place.$_")
			    for grep { exists $value->{$_} } sort keys %$want;
		} elsif ($key eq 'oneOf') {
			my $fit = grep { !$self->faults($_, $value, $place) }
			    @$want;
			push @faults, "$place: fits $fit of the variants"
			    if $fit != 1;
		} elsif ($key eq 'items') {
			next if ref $value ne 'ARRAY';
			push @faults, $self->faults($want, $value->[$_],
			    $place . "[$_]") for 0 .. $#$value;
		} else {
			my $check = $keywords{$key}
			    or die "unknown keyword \"$key\"\n";
			push @faults, map { "$place: $_" }
			    $check->($self, $want, $value);
		}
	}
	return @faults;
}

1;
