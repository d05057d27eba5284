# git: init, add, commit, branch, merge, conflict, rebase, clone, log, fsck, gc.
set -euo pipefail
export GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat GIT_AUTHOR_NAME=Author GIT_AUTHOR_EMAIL=author@example.org GIT_COMMITTER_NAME=Author
export GIT_COMMITTER_EMAIL=author@example.org GIT_EDITOR=true
tick() { GIT_AUTHOR_DATE="$((1000000000 + 60 * ++ticks)) +0100"; GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE; export GIT_AUTHOR_DATE GIT_COMMITTER_DATE; }
ticks=0
git init -q -b main project; cd project
for n in $(seq 20); do mkdir -p "folder$((n % 4))"; seq "$n" $((n * 40)) >"folder$((n % 4))/file$n"; done
git add .; git status --short | wc -l; tick; git commit -q -m 'First commit'
for n in $(seq 5); do echo "line $n" >>notes; git add notes; tick; git commit -q -m "Note $n"; done
git checkout -q -b topic HEAD~2; sed -i 's/^5$/five/' folder1/file1; tick; git commit -qam 'Change a file'
git mv folder2/file2 folder2/moved; tick; git commit -qm 'Move a file'
git checkout -q main; tick; git merge -q --no-edit topic -m 'Merge topic'
git log --graph --oneline --all; git show --stat HEAD~1 | cat; git diff --stat HEAD~4 HEAD
git checkout -q -b left; echo left >notes; tick; git commit -qam Left
git checkout -q -b right main; echo right >notes; tick; git commit -qam Right
tick; git merge left || echo "conflict: $?"; git status --short; cat notes
echo both >notes; git add notes; tick; git commit -q --no-edit
git checkout -q -b later main; echo x >x; git add x; tick; git commit -qm X; tick; git rebase -q right; git log -4 --format='%h %an %s'
git tag -a v1 -m 'Version one'; git describe; git blame notes | cat; git stash list
echo changed >x; tick; git stash -q; cat x; git stash pop -q; cat x; git checkout -q x
git fsck --full --strict; git gc -q; git fsck --full; git count-objects -v | grep -E 'count|in-pack|packs'
git clone -q . ../copy; git -C ../copy log --format=%H | cksum; git -C ../copy fsck
git bundle create -q ../bundle --all; git bundle verify -q ../bundle; git ls-remote ../bundle | cksum
git format-patch -q -1 -o ../patches; ls ../patches; git -C ../copy reset -q --hard HEAD~1; tick; git -C ../copy am -q ../patches/*; git -C ../copy log -2 --oneline
git grep -n five; git archive HEAD | tar -t | cksum; git bisect start -q HEAD main~5 >/dev/null; git bisect run grep -q 'line 5' notes >/dev/null || true
git reflog | wc -l; git cat-file --batch-check --batch-all-objects | cksum
git init -q --bare ../bare; git push -q ../bare later main 2>&1; git --git-dir ../bare for-each-ref
