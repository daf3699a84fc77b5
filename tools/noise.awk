# noise.awk - content/noise.tsv as rows of a C array, in byte order of words.
#
# usage: LC_ALL=C awk -f noise.awk noise.tsv | LC_ALL=C sort
#
# Prints "{ "word", NOISE_DROP },". A word that stands twice is an error.
#
# SPDX-License-Identifier: ISC

BEGIN { FS = "\t" }
/^#/ || /^$/ { next }
{
	if ($1 != "drop" && $1 != "light" || NF != 2) {
		print FILENAME ":" FNR ": no line of noise words" > "/dev/stderr"
		exit bad = 1
	}
	n = split($2, words, " ")
	for (i = 1; i <= n; i++) {
		if (words[i] in seen) {
			print FILENAME ":" FNR ": \"" words[i] \
			    "\" is there already" > "/dev/stderr"
			exit bad = 1
		}
		seen[words[i]] = 1
		print "{ \"" words[i] "\", NOISE_" toupper($1) " },"
	}
}
END { exit bad }
