# Ends whatever a cluster left running, and removes its directory: take-down.sh DIRECTORY.
#
# It waits until its standard input closes, whose other end the test program holds: that happens when the test
# drops the cluster, and also when the test program is killed. Nothing in the directory is worth an orderly end.
dir=$1
cat > /dev/null

# The daemons by the files that say their pids; then what they started (`slurmstepd`, scripts, their children):
# those name the cluster in their environment or write to its logs.
pids() {
    cat "$dir"/run/*.pid 2> /dev/null
    grep -lsF "SLURM_CONF=$dir/" /proc/[0-9]*/environ | cut -d/ -f3
    find /proc/[0-9]*/fd -maxdepth 1 -lname "$dir/log/*" 2> /dev/null | cut -d/ -f3
}

# Those of them that have not ended yet: one that has ended and that nobody asked after is a zombie.
alive() {
    pids | sort -u | while read -r pid; do
        state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$pid/status" 2> /dev/null)
        case $state in '' | Z* | X*) ;; *) echo "$pid" ;; esac
    done
}

for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    left=$(alive)
    [ -n "$left" ] || break
    # Word by word: they are numbers.
    kill -KILL $left 2> /dev/null
    sleep 0.1
done
# What a test has mounted there.
awk -v dir="$dir/" 'index($2, dir) == 1 {print $2}' /proc/mounts | sort -r | while read -r mounted; do
    umount -l "$mounted"
done
rm -rf "$dir"
