# A job of the chaos run: program.sh JOB PACE STEP TRUTH. What it does and how it ends follows from its number alone
# (program.rs has the same rules). It writes down its steps in a file of its own, outside of the sweep directory.
job=$1 pace=$2 step=$3 log=$4/$1
say() { echo "$1 $SWEEP_ATTEMPT $2" >> "$log"; }
end() { say end "$1"; exit "$1"; }

# Ten steps, each kept; it goes on from the last one, and saves and exits with 0 when it is told to end.
count() {
    trap 'end_early=1' TERM
    n=$(cat "$SWEEP_OUT_DIR/step" 2> /dev/null)
    n=${n:-0}
    while [ "$n" -lt 10 ]; do
        sleep "$step"
        [ -z "$end_early" ] || exit 0
        n=$((n + 1))
        say step "$n"
        echo "$n" > "$SWEEP_OUT_DIR/step.new" && mv "$SWEEP_OUT_DIR/step.new" "$SWEEP_OUT_DIR/step" || end 1
    done
}

say start "${SLURMD_NODENAME:-none}"
case $((job % 100)) in
[0-9] | [123][0-9] | 9[0-5]) sleep "$pace" ;;
4[0-9])
    sleep "$pace"
    # Once it has failed it does so no more.
    [ -e "$log.failed" ] || { : > "$log.failed"; end 1; } ;;
5[0-9] | 6[01])
    sleep 300 &
    setsid sleep 300 &
    sleep "$pace" ;;
6[2-9] | 7[012])
    trap '' TERM
    sleep "$pace"
    sleep "$pace" ;;
7[3-9] | 8[0-9]) count ;;
96 | 97)
    sleep "$step"
    end 3 ;;
98)
    sleep "$step"
    echo 'FloatingPointError: the loss is nan' >&2
    end 1 ;;
*)
    sleep "$step"
    echo 'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB' >&2
    end 1 ;;
esac
end 0
