//! How each blow is struck. None touches a process that is not the cluster's own.

use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::arena::Arena;
use crate::plan::{BlowKind, PlannedBlow};
use crate::processes::ProcessRole;
use crate::remedies::Remedy;

/// The launches that may be under way at once.
const LAUNCHES: usize = 4;

impl Arena<'_> {
    /// Strikes; false if there was nothing to strike at.
    pub fn strike(&mut self, blow: PlannedBlow) -> bool {
        let PlannedBlow { kind, luck } = blow;
        match kind {
            BlowKind::KillWorker => self.kill(ProcessRole::Worker, luck),
            BlowKind::KillProgram => self.kill(ProcessRole::Program, luck),
            BlowKind::KillStepd => self.kill(ProcessRole::Stepd, luck),
            BlowKind::StopWorker => self.stop_worker(luck),
            BlowKind::KillSlurmd => self.kill_slurmd(luck),
            BlowKind::LosePower => self.lose_power(luck),
            BlowKind::CutOff => self.cut_off(luck),
            BlowKind::HideShare => self.hide_share(luck),
            BlowKind::KillController | BlowKind::EndController => self.end_controller(kind, luck),
            BlowKind::KillCollect => self.kill_call("sweep_collect", luck),
            BlowKind::KillLaunch => self.kill_call("sweep_launch", luck),
            BlowKind::Relaunch => self.relaunch(1),
            BlowKind::LaunchTwice => self.relaunch(2),
            BlowKind::OtherCluster => self.go_to_other_cluster(),
            BlowKind::Suspend => self.suspend(luck),
            BlowKind::CancelTask => self.to_task("scancel", &[], luck).is_some(),
            BlowKind::Requeue => self.to_task("scontrol", &["requeue"], luck).is_some(),
            BlowKind::CancelArray => self.cancel_array(luck),
            BlowKind::Preempt => self.preempt(),
            BlowKind::FillDisk => self.fill_disk(luck),
            BlowKind::HidePartition => self.hide_partition(),
        }
    }

    fn kill(&self, role: ProcessRole, luck: u32) -> bool {
        self.processes.hit(role, Signal::KILL, luck).is_some()
    }

    fn stop_worker(&mut self, luck: u32) -> bool {
        let Some(worker) = self.processes.hit(ProcessRole::Worker, Signal::STOP, luck) else {
            return false;
        };
        self.later(self.size.lasting(90.0), Remedy::Continue(worker));
        true
    }

    /// A node that nothing has befallen, if two others are left.
    fn healthy_node(&mut self, luck: u32) -> Option<String> {
        let all = (1..=self.nodes).map(|number| format!("n{number}"));
        let healthy: Vec<String> = all.filter(|node| !self.struck.contains(node)).collect();
        let chosen = healthy.get(usize::try_from(luck).ok()? % healthy.len().max(1))?;
        if healthy.len() < 3 {
            return None;
        }
        self.struck.insert(chosen.clone());
        Some(chosen.clone())
    }

    fn kill_slurmd(&mut self, luck: u32) -> bool {
        let Some(node) = self.healthy_node(luck) else { return false };
        self.cluster.kill_slurmd(&node);
        self.later(self.size.lasting(8.0), Remedy::StartSlurmd(node));
        true
    }

    fn lose_power(&mut self, luck: u32) -> bool {
        let Some(node) = self.healthy_node(luck) else { return false };
        self.cluster.kill_node(&node);
        self.later(self.size.lasting(25.0), Remedy::StartSlurmd(node));
        true
    }

    /// Its programs go on, and SLURM starts its tasks elsewhere.
    fn cut_off(&mut self, luck: u32) -> bool {
        let Some(node) = self.healthy_node(luck) else { return false };
        self.cluster.kill_slurmd(&node);
        let name = format!("NodeName={node}");
        let down = ["update", &name, "State=DOWN", "Reason=chaos"];
        let is_down = self.cluster.succeeds("scontrol", &down);
        self.later(self.size.lasting(40.0), Remedy::ReturnNode(node));
        is_down
    }

    fn hide_share(&mut self, luck: u32) -> bool {
        let Some(disk) = &self.disk else { return false };
        let share = disk.path().to_owned();
        let Some(node) = self.healthy_node(luck) else { return false };
        self.cluster.kill_slurmd(&node);
        let hidden = self.cluster.start_slurmd_without(&node, &share);
        self.later(self.size.lasting(30.0), Remedy::ShareAgain(node));
        hidden
    }

    fn end_controller(&mut self, kind: BlowKind, luck: u32) -> bool {
        if !std::mem::take(&mut self.controller_is_up) {
            return false;
        }
        if kind == BlowKind::KillController {
            self.cluster.kill_controller();
        } else {
            self.cluster.stop_controller();
        }
        let seconds = 2.0 + f64::from(luck % 8);
        self.later(self.size.lasting(seconds), Remedy::StartController);
        true
    }

    /// Starts a command and ends it a moment later.
    fn kill_call(&mut self, name: &'static str, luck: u32) -> bool {
        let mut call = self.start_call(name, self.cluster);
        thread::sleep(Duration::from_millis(u64::from(luck % 900)));
        let was_alive = call.kill();
        self.calls.push(call);
        was_alive
    }

    fn relaunch(&mut self, times: usize) -> bool {
        if self.running_calls("sweep_launch") + times > LAUNCHES {
            return false;
        }
        for _ in 0..times {
            let call = self.start_call("sweep_launch", self.cluster);
            self.calls.push(call);
        }
        true
    }

    /// Calls launch and collect from the other cluster, as somebody does who is logged in there and sees the same files.
    fn go_to_other_cluster(&mut self) -> bool {
        for name in ["sweep_launch", "sweep_collect"] {
            let call = self.start_call(name, self.other);
            self.calls.push(call);
        }
        true
    }

    fn suspend(&mut self, luck: u32) -> bool {
        let Some(task) = self.to_task("scontrol", &["suspend"], luck) else { return false };
        self.later(self.size.lasting(100.0), Remedy::ResumeTask(task));
        true
    }

    /// Gives a command of SLURM's a running task as its last word; the task, if the command succeeded.
    fn to_task(&self, program: &str, words: &[&str], luck: u32) -> Option<String> {
        let tasks = self.running_tasks();
        let task = tasks.get(usize::try_from(luck).ok()? % tasks.len().max(1))?;
        let words = [words, &[task.as_str()]].concat();
        self.cluster.succeeds(program, &words).then(|| task.clone())
    }

    fn cancel_array(&self, luck: u32) -> bool {
        let tasks = self.running_tasks();
        let Some(task) = tasks.get(usize::try_from(luck).unwrap() % tasks.len().max(1)) else {
            return false;
        };
        let array = task.split('_').next().unwrap_or_default();
        self.cluster.succeeds("scancel", &[array])
    }

    /// Takes all processors for a moment.
    fn preempt(&self) -> bool {
        let array = format!("--array=1-{}", self.nodes);
        let whole = ["--exclusive", "--output=/dev/null", "--job-name=urgent"];
        let words = [&["-p", "high", &array], &whole[..], &["--wrap=sleep 2"]].concat();
        self.cluster.succeeds("sbatch", &words)
    }

    fn fill_disk(&mut self, luck: u32) -> bool {
        let Some(disk) = &self.disk else { return false };
        if self.disk_is_full || !disk.fill() {
            return false;
        }
        self.disk_is_full = true;
        let seconds = 5.0 + f64::from(luck % 15);
        self.later(self.size.lasting(seconds), Remedy::FreeDisk);
        true
    }

    fn hide_partition(&mut self) -> bool {
        let hide = ["update", "PartitionName=debug", "Hidden=YES"];
        let is_hidden = self.cluster.succeeds("scontrol", &hide);
        for name in ["sweep_launch", "sweep_collect"] {
            let call = self.start_call(name, self.cluster);
            self.calls.push(call);
        }
        self.later(self.size.lasting(20.0), Remedy::ShowPartition);
        is_hidden
    }
}
