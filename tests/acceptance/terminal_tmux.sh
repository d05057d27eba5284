# A server of its own; after it has been detached from, it is attached to again.
export TMUX_TMPDIR=.
echo 'set -g default-command "exec /bin/sh"' >tmux.conf
tmux -L acceptance -f tmux.conf new -s work
printf again:
read -r _
tmux -L acceptance attach
