# Forks, pipes, signals, a forking server of TCP and one of Unix sockets, select, shared file locks.
use strict; use warnings; use IO::Handle; use IO::Select; use IO::Socket::INET; use IO::Socket::UNIX; use POSIX qw(:sys_wait_h SIGUSR1 sigaction); use Fcntl ':flock';
$| = 1;
my $server = IO::Socket::INET->new(Listen => 20, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die;
my $port = $server->sockport;
my $parent = fork // die;
if ($parent == 0) {
  $SIG{CHLD} = sub { while (waitpid(-1, WNOHANG) > 0) { } };
  $SIG{TERM} = sub { exit 0 };
  while (1) {
    my $client = $server->accept or next;
    my $pid = fork // die;
    if ($pid) { close $client; next }
    close $server;
    while (my $line = <$client>) { chomp $line; last if $line eq 'quit'; print $client scalar(reverse $line), "\n"; $client->flush }
    exit 0;
  }
}
close $server;
my @clients = map { my $n = $_;
  pipe(my $reader, my $writer) or die;
  my $pid = fork // die;
  if ($pid == 0) {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or die;
    my @heard;
    for my $i (1 .. 20) { print $socket "client $n line $i\n"; $socket->flush; chomp(my $line = <$socket>); push @heard, $line }
    print $socket "quit\n"; print $writer "$n: $heard[0] ... $heard[-1]\n"; close $writer; exit $n;
  }
  close $writer; [$pid, $reader];
} 1 .. 8;
for my $client (@clients) { my ($pid, $reader) = @$client; print <$reader>; waitpid $pid, 0; print 'status ', $? >> 8, "\n" }
kill TERM => $parent; waitpid $parent, 0; print "server: $?\n";
my $counter = 'counter'; open(my $file, '>', $counter); print $file "0\n"; close $file;
for (1 .. 6) {
  next if fork; 
  for (1 .. 20) {
    open(my $file, '+<', $counter) or die; flock($file, LOCK_EX) or die;
    my $n = <$file>; seek($file, 0, 0); truncate($file, 0); print $file $n + 1, "\n"; close $file;
  }
  exit 0;
}
1 while wait > 0;
open($file, '<', $counter); print 'counted ', <$file>;
socketpair(my $near, my $far, AF_UNIX, SOCK_STREAM, 0) or die;
if (!fork) { close $near; while (sysread $far, my $bytes, 4096) { syswrite $far, uc $bytes } exit 0 }
close $far; syswrite $near, 'through a pair'; shutdown $near, 1; my $all = ''; 1 while sysread $near, $all, 100, length $all; print "$all\n"; wait;
my $hits = 0; sigaction(SIGUSR1, POSIX::SigAction->new(sub { $hits++ })); kill USR1 => $$ for 1 .. 5; print "hits $hits\n";
eval { local $SIG{ALRM} = sub { die "alarm\n" }; alarm 1; select(undef, undef, undef, 10); }; print "died: $@";
my $out = `sh -c 'echo out; exit 3'`; print $out, $? >> 8, "\n"; system('kill -9 $$'); print 'signal ', $? & 127, "\n";
open(my $pipe, '|-', 'sort -n | head -3') or die; print $pipe "$_\n" for reverse 1 .. 1000; close $pipe; print "closed $?\n";
{ local $SIG{PIPE} = 'IGNORE'; open(my $broken, '|-', 'sh -c "exit 0"') or die; sleep 1; print $broken 'x' x 100000; $broken->flush; print 'pipe: ', $!{EPIPE} ? 'EPIPE' : 'none', "\n"; }
my %words; $words{$_ % 97}++ for 1 .. 20000; print join(',', map { "$_=$words{$_}" } (sort { $a <=> $b } keys %words)[0 .. 5]), "\n";
my $text = join ' ', map { "w$_" } 1 .. 3000; my $n = () = $text =~ /\bw(\d)\1+\b/g; print "$n\n"; printf "%s\n", unpack('H*', pack('NnCa*', 1, 2, 3, 'abc'));
