# A tree of files, searched by four processes at once.
set -euo pipefail
for folder in $(seq 12); do
  mkdir -p "tree/$folder/deep/deeper"
  for file in $(seq 6); do
    seq "$folder" "$((folder * file * 7))" >"tree/$folder/$file.txt"
    seq "$file" 3 "$((folder * 20))" | sed 's/^/line /' >"tree/$folder/deep/deeper/$file with space.c"
  done
  ln -s "$folder" "tree/link$folder"
done
find tree -type f -print0 | xargs -0 -P4 -n5 grep -lE '^(line )?7+$' | sort
find tree -type f -name '*.c' -print0 | xargs -0 -P4 -n3 grep -c '1' | sort
find tree -type f -size +1 -print | sort | head -5
find tree -maxdepth 1 -type l -printf '%f -> %l\n' | sort
find -L tree -name '6.txt' | sort | xargs -P4 -I{} wc -l {} | sort
find /usr/share/doc -maxdepth 1 -type d -name 'lib*' -print0 | xargs -0 -P4 -n8 ls -d | sort | cksum
seq 40 | xargs -P4 -n1 sh -c 'exit $(($1 % 7 == 0))' sh || echo "xargs: $?"
find tree -type f -newer tree/1/1.txt -name '1.txt' -exec grep -c 1 {} + | sort
find tree -depth -name '*.txt' -delete
find tree | sort | cksum
