# 200-json-schema.t - the schemas of doc/schema/ say what the contract says.
#
# Each has an example that fits and one that must not; and no example fits any
# more once one of its required fields is gone.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use JSONSchema;

my $dir = ($ENV{KB_SRCDIR} // '.') . '/doc/schema';

# what contract asks of kb.search/1, field by field
my @search = qw(schema query total took_ms source confidence answers);
my @answer = qw(entry document source line heading title path kind severity
    version updated updated_by score confidence why symptom cause fix
    prevention commands snippet url see_also);
my @command = qw(lang text note risk);

sub slurp {
	my ($path) = @_;
	open my $in, '<:raw', $path or return;
	local $/;
	return scalar <$in>;
}

# Every way to lose one required field: a list of [place, smaller document].
sub losses {
	my ($schema, $rule, $value, $place) = @_;
	my @all;

	$rule = $schema->{root}{'$defs'}{ $rule->{'$ref'} =~ s{.*/}{}r }
	    if $rule->{'$ref'};
	if ($rule->{oneOf}) {
		my ($fit) = grep { !$schema->faults($_, $value, $place) }
		    @{ $rule->{oneOf} };
		return losses($schema, $fit, $value, $place);
	}
	if (ref $value eq 'HASH') {
		for my $key (@{ $rule->{required} // [] }) {
			my %less = %$value;
			delete $less{$key};
			push @all, ["$place.$key", \%less];
		}
		for my $key (sort keys %{ $rule->{properties} // {} }) {
			push @all, map { [ $_->[0], { %$value, $key => $_->[1] } ] }
			    losses($schema, $rule->{properties}{$key},
			    $value->{$key}, "$place.$key");
		}
	} elsif (ref $value eq 'ARRAY' && @$value && $rule->{items}) {
		push @all, map { [ $_->[0], [ $_->[1], @$value[1 .. $#$value] ] ] }
		    losses($schema, $rule->{items}, $value->[0], "$place\[0]");
	}
	return @all;
}

for my $path (sort glob "$dir/*.json") {
	my ($name) = $path =~ m{([^/]+)\.json$};
	my $schema = JSONSchema->load($path);
	my $good = slurp("$dir/examples/$name.valid.json");
	my $bad = slurp("$dir/examples/$name.invalid.json");

	is($schema->{root}{title}, $name =~ s/-(\d+)$/\/$1/r,
	    "$name is named after what it describes");
	is_deeply([ $schema->check($good // '') ], [], "$name: the example fits");
	isnt(scalar $schema->check($bad // '1'), 0,
	    "$name: the wrong example does not");
	my $value = JSONSchema::decode($good);
	my @kept = grep { !$schema->check_value($_->[1]) }
	    losses($schema, $schema->{root}, $value, '');
	is_deeply([ map { $_->[0] } @kept ], [],
	    "$name: every required field is missed");
	$value->{more} = 1;
	is_deeply([ $schema->check_value($value) ], [],
	    "$name: a field more does no harm");
}

my $search = JSONSchema->load("$dir/kb.search-1.json")->{root};
is_deeply([ sort @{ $search->{required} } ], [ sort @search ],
    'kb.search/1 has the fields of the contract');
is_deeply([ sort @{ $search->{'$defs'}{answer}{required} } ],
    [ sort @answer ], 'so has an answer');
is_deeply([ sort @{ $search->{'$defs'}{command}{required} } ],
    [ sort @command ], 'and a command');
done_testing();
