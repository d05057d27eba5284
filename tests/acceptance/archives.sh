# tar with each compressor and back, contents, modes, links and times the same.
set -euo pipefail
mkdir -p tree/a/b/c tree/empty
seq 20000 >tree/numbers; head -c 300000 /dev/zero >tree/zeros; : >tree/nothing
for n in $(seq 40); do seq "$n" 7 3000 | rev >"tree/a/b/file $n"; done
ln -s ../numbers tree/a/link; ln tree/numbers tree/hard
chmod 600 tree/zeros; chmod 755 tree/nothing; chmod 1777 tree/empty
find tree -exec touch -h -d '2001-02-03 04:05:06.789 UTC' {} +
listing() { find "$1" -printf '%P %M %s %n %l %TY-%Tm-%Td %TH:%TM:%TS\n' | sort; }
listing tree >before
for way in z J j ''; do
  tar --sort=name --owner=0 --group=0 -c${way}f archive tree
  tar -t${way}f archive | cksum
  rm -rf back; mkdir back
  tar --format=posix -x${way}pf archive -C back
  diff -r tree back/tree && echo "tar $way: same"
  listing back/tree | cut -d. -f1 | diff - <(cut -d. -f1 before) && echo 'attributes too'
done
sparse() { truncate -s 8M holes; printf x | dd of=holes bs=1 seek=5000000 conv=notrunc status=none; }
sparse; tar -cSf sparse.tar holes; cksum holes; rm holes; tar -xSf sparse.tar; cksum holes
for level in 1 6 9; do
  gzip -n -$level <tree/numbers | tee numbers.gz | cksum; gzip -t numbers.gz; gunzip <numbers.gz | cmp - tree/numbers
done
xz -T2 -3 -k -c tree/numbers | tee numbers.xz | cksum; xz -l --robot numbers.xz | tail -1 | cut -f 2-5; xz -dc numbers.xz | cmp - tree/numbers
head -c 1000 numbers.gz | gunzip >/dev/null 2>error || echo "cut off: $?"; cat error
(cd tree && tar -cf - .) | (mkdir -p piped && cd piped && tar -xf -) && diff -r tree piped && echo piped
tar -rf archive before; tar --delete -f archive tree/zeros; tar -tf archive | wc -l
tar -cf incremental.tar -g snapshot tree; echo new >tree/new; tar -cf second.tar -g snapshot tree; tar -tf second.tar | grep -v '/$'
