//! kill -9 of launches and workers at random moments: nothing lost, nothing twice at once, no
//! process left.

use std::time::{Duration, Instant};

use crate::bin;
use crate::launching::{Ready, signal, wait_until};
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sweep_config::records::Outcome;

const KILLS: u32 = 150;

/// A job holds a lock for as long as any of its processes lives: a second run at the same time
/// cannot get it, and says so. Its child in another session lives for long if nobody ends it.
const COMMAND: &str = "exec 9> {{out_dir}}/lock; \
                       flock -n 9 || { echo {{index}} >> overlaps; exit 1; }; \
                       setsid sleep 20 & child=$!; sleep 0.03; kill $child; wait; \
                       echo {{index}} >> finished";

#[test]
fn nothing_is_lost_or_run_twice_at_once_however_often_launches_and_workers_are_killed() {
    let _alone = crate::alone();
    let seed: u64 = std::env::var("KILL_SEED").map_or(20_261_121, |seed| seed.parse().unwrap());
    println!("KILL_SEED={seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let ready = Ready::new(1200, COMMAND, "LOCAL_WORKERS: 3\nMAX_RETRY: 50");
    let (mut kills, mut rounds, mut of_launches) = (0, 0, 0);
    let mut launch = ready.start(bin!("sweep_launch"), &["--yes"], "log");
    while kills < KILLS {
        rounds += 1;
        std::thread::sleep(Duration::from_millis(random.random_range(0..200)));
        let workers = ready.binaries("sweep_worker");
        let kill_launch = random.random_bool(0.4) || workers.is_empty();
        let mut victims: Vec<u32> = Vec::new();
        if !kill_launch || random.random_bool(0.3) {
            let how_many = random.random_range(1..=workers.len().max(1));
            victims.extend(workers.sample(&mut random, how_many));
        }
        for victim in &victims {
            signal(*victim, "KILL");
        }
        kills += u32::try_from(victims.len()).unwrap();
        if kill_launch {
            signal(launch.id(), "KILL");
            launch.wait();
            (kills, of_launches) = (kills + 1, of_launches + 1);
            // Sometimes the next launch comes while workers of the old one still stop.
            if random.random_bool(0.5) {
                wait_until("no process is left", || {
                    ready.programs().is_empty() && ready.binaries("sweep_worker").is_empty()
                });
            }
        }
        if !launch.is_running() {
            assert!(ready.done() < ready.jobs, "too few jobs for {KILLS} kills: {kills}");
            launch = ready.start(bin!("sweep_launch"), &["--yes"], "log");
        }
        assert_eq!(ready.lines("overlaps"), [] as [&str; 0], "in round {rounds}");
    }
    launch.wait();
    println!("{kills} kills, {of_launches} of them of launches, in {rounds} rounds");

    wait_until("no process is left", || ready.programs().is_empty());
    let deadline = Instant::now() + Duration::from_mins(1);
    while ready.launch(&[]).code != 0 {
        assert!(Instant::now() < deadline, "launches never get all done");
    }
    assert_eq!(ready.done(), ready.jobs);
    assert_eq!(ready.lines("overlaps"), [] as [&str; 0]);
    let finished = ready.lines("finished");
    for job in 0..ready.jobs {
        let outcomes = ready.outcomes(job);
        assert_eq!(outcomes.last(), Some(&Some(Outcome::Done)), "job {job}: {outcomes:?}");
        assert!(outcomes.iter().all(Option::is_some), "job {job}: every attempt has its end");
        assert!(finished.contains(&job.to_string()), "job {job} has run to its end");
    }
}
