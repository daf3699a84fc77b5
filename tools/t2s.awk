# t2s.awk - Traditional to Simplified Chinese as rows of a C array.
#
# usage: bzcat Unihan_Variants.txt.bz2 | awk -f t2s.awk
#
# Reads kSimplifiedVariant and prints "[0xFROM - T2S_FIRST] = 0xTO," for each
# character of U+3400..U+9FFF whose simplified form lies there too. One to one:
# of several forms the first is taken that is not the character itself and
# lies in the main block (U+4E00 on), else the first that is not itself.
# Chains are followed to their end, so that folding twice changes nothing.
#
# SPDX-License-Identifier: ISC

function in_table(cp) {
	return length(cp) == 6 && cp >= "U+3400" && cp <= "U+9FFF"
}
$2 == "kSimplifiedVariant" && in_table($1) {
	best = ""
	for (i = NF; i >= 3; i--) {
		if ($i == $1 || !in_table($i))
			continue
		if (best == "" || $i >= "U+4E00" || best < "U+4E00")
			best = $i
	}
	if (best != "") {
		to[$1] = best
		order[++n] = $1
	}
}
END {
	if (n < 1000) {
		print "t2s.awk: the input is no Unihan_Variants.txt" \
		    > "/dev/stderr"
		exit 1
	}
	print "/* made by tools/t2s.awk from the Unicode Character Database */"
	for (i = 1; i <= n; i++) {
		end = to[order[i]]
		for (hops = 0; end in to && hops < 8; hops++)
			end = to[end]
		if (end == order[i])
			continue
		print "[0x" substr(order[i], 3) " - T2S_FIRST] = 0x" \
		    substr(end, 3) ","
	}
}
