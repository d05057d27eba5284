# Counts words by a regular expression and a hash, over and over the same text.
use strict;
use warnings;

my ($rounds) = @ARGV;
my @words = qw(one Other number of the A machine word);
my ($seed, $text, %count) = (1, '');
for (1 .. 5000) {
  $seed = ($seed * 1103515245 + 12345) % 2147483648;
  $text .= $words[($seed >> 16) & 7] . (($seed >> 8) & 15) . ($seed & 64 ? ', ' : ' ');
}
for (1 .. $rounds) {
  $count{lc $1}++ while $text =~ /(\w+)[,\s]/g;
}
printf "%s %d\n", $_, $count{$_} for sort keys %count;
