//! Admits candidates, or finds what speaks against them.

use sweep_config::{SetupConfig, Value};

use crate::app::Failure;
use crate::models::Complexity;
use crate::setup::candidate::Candidate;
use crate::setup::constraint::{CheckedNetwork, ConstraintChecker, Rejection};
use crate::setup::derived::DerivedParams;
use crate::setup::identity::{ExistingJobs, JobFingerprint, JobIdentity};
use crate::setup::param_list::ParamList;
use crate::setup::reporter::MetricReporter;
use crate::setup::sampler::MissingValue;

/// Completes drawn values with the derived ones, and admits those that meet the constraints and are no
/// job that exists already.
pub(super) struct CandidateAdmission<'a> {
    base: &'a Value,
    /// All parameters: the drawn ones, then the derived ones.
    params: ParamList,
    /// The number of the drawn ones.
    drawn: usize,
    derived: DerivedParams<'a>,
    checker: ConstraintChecker<'a>,
    reporter: Option<MetricReporter<'a>>,
    identity: JobIdentity<'a>,
    existing: Option<&'a ExistingJobs>,
}

/// A candidate that nothing speaks against, with the fingerprint of its job.
pub(crate) type AdmittedJob = (JobFingerprint, Box<Candidate>);

impl<'a> CandidateAdmission<'a> {
    /// Prepares the constraints over candidates of the `drawn` parameters. `is_complete` says that every
    /// candidate has a value for each of those.
    ///
    /// # Errors
    ///
    /// When a constraint cannot be checked.
    pub(super) fn new(
        setup: &'a SetupConfig,
        drawn: &ParamList,
        is_complete: bool,
    ) -> Result<Self, Failure> {
        let base = &setup.base_cfg;
        let mut params = drawn.clone();
        let derived = DerivedParams::new(&setup.derived, &mut params, base);
        let checker = ConstraintChecker::new(&setup.constraints, &params, base)?;
        let reporter = MetricReporter::new(&setup.constraints);
        let identity = JobIdentity::new(&params, base, is_complete);
        let drawn = drawn.names().len();
        Ok(Self { base, params, drawn, derived, checker, reporter, identity, existing: None })
    }

    /// Counts candidates that are one of the `existing` jobs as repeats.
    pub(super) fn without(self, existing: Option<&'a ExistingJobs>) -> Self {
        Self { existing, ..self }
    }

    /// Returns the parameters of a candidate, in the order of its values.
    pub(super) fn params(&self) -> &ParamList {
        &self.params
    }

    /// Returns the constraints.
    pub(super) fn checker(&self) -> &ConstraintChecker<'a> {
        &self.checker
    }

    /// Appends the derived values to the drawn ones.
    ///
    /// # Errors
    ///
    /// When one cannot be computed.
    pub(super) fn complete(&self, values: &mut Vec<Option<Value>>) -> Result<(), MissingValue> {
        self.derived.extend(values)
    }

    /// Admits a candidate: returns its job, or `None` if that exists already.
    ///
    /// `salt` tells jobs apart that are otherwise the same.
    ///
    /// # Errors
    ///
    /// The first reason found to reject it.
    pub(super) fn admit(
        &self,
        drawn: Result<(), MissingValue>,
        values: &mut Vec<Option<Value>>,
        salt: u64,
    ) -> Result<Option<AdmittedJob>, Rejection> {
        drawn
            .and_then(|()| self.complete(values))
            .map_err(|MissingValue { place, .. }| Rejection::Undrawn(place))?;
        let network = self.checker.check(values)?;
        let job = self.identity.fingerprint(values, &network.changes, salt);
        let candidate = Candidate::new(&self.params, values.clone(), network.changes.clone());
        if self.exists(&candidate) {
            return Ok(None);
        }
        match self.ask(&candidate, &network) {
            Some((rejection, _)) => Err(rejection),
            None => Ok(Some((job, Box::new(candidate)))),
        }
    }

    fn exists(&self, candidate: &Candidate) -> bool {
        self.existing.is_some_and(|jobs| {
            jobs.has(&candidate.job_config(&self.params, self.base), &self.params)
        })
    }

    /// Finds everything that speaks against a candidate, each constraint on its own, and its complexity
    /// where a constraint asks for it. The user's program is not asked.
    pub(super) fn examine(
        &self,
        drawn: Result<(), MissingValue>,
        values: &mut Vec<Option<Value>>,
    ) -> (Vec<Rejection>, Option<Complexity>) {
        match drawn.and_then(|()| self.complete(values)) {
            Ok(()) => {
                let (against, network) = self.checker.examine(values);
                (against, network.complexity)
            }
            Err(MissingValue { place, .. }) => (vec![Rejection::Undrawn(place)], None),
        }
    }

    /// Takes a candidate whatever the constraints say, with those that it does not meet. The user's program is not
    /// asked.
    ///
    /// # Errors
    ///
    /// Says in words why it is no config: a derived parameter or a network cannot be computed.
    pub(super) fn take(
        &self,
        drawn: Result<(), MissingValue>,
        mut values: Vec<Option<Value>>,
    ) -> Result<(Box<Candidate>, Vec<Rejection>), String> {
        drawn.and_then(|()| self.complete(&mut values)).map_err(
            |MissingValue { place, why }| {
                format!("`{}` cannot be computed: {why}", self.params.names()[place])
            },
        )?;
        let (against, network) = self.checker.examine(&values);
        let no_network = |rejection: &&Rejection| matches!(rejection, Rejection::Network(_));
        if let Some(rejection) = against.iter().find(no_network) {
            let why = self.checker.explain(&values, *rejection).unwrap_or_default();
            return Err(format!("makes no valid network: {why}"));
        }
        Ok((Box::new(Candidate::new(&self.params, values, network.changes)), against))
    }

    /// Says why a candidate cannot be judged, in words.
    pub(super) fn explain(
        &self,
        drawn: Result<(), MissingValue>,
        mut values: Vec<Option<Value>>,
        rejection: Rejection,
    ) -> Option<String> {
        match drawn.and_then(|()| self.complete(&mut values)) {
            Err(MissingValue { why, .. }) => Some(why),
            Ok(()) => match self.checker.check(&values) {
                Err(_) => self.checker.explain(&values, rejection),
                Ok(network) => {
                    let changes = network.changes.clone();
                    self.ask(&Candidate::new(&self.params, values, changes), &network)?.1
                }
            },
        }
    }

    /// Returns the key under which a rejection is counted.
    pub(super) fn key(&self, rejection: Rejection) -> String {
        match rejection {
            Rejection::Undrawn(place) => {
                let section = if place >= self.drawn { "DERIVED" } else { "SAMPLERS" };
                format!("{section}.{}", self.params.names()[place])
            }
            other => other.key().into_owned(),
        }
    }

    /// Returns the text of the expression that a rejection is about.
    pub(super) fn text(&self, rejection: Rejection) -> Option<&str> {
        match rejection {
            Rejection::Undrawn(place) => self.derived.text(place.checked_sub(self.drawn)?),
            other => self.checker.text(other),
        }
    }

    /// Returns true if a program of the user's reports numbers that candidates are judged by.
    pub(super) fn asks_program(&self) -> bool {
        self.reporter.is_some()
    }

    /// Returns why the user's program can be asked no more, if it failed.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.reporter.as_ref().and_then(MetricReporter::failure)
    }

    /// Asks the user's program, where there is one, and judges what it reports.
    fn ask(
        &self,
        candidate: &Candidate,
        network: &CheckedNetwork,
    ) -> Option<(Rejection, Option<String>)> {
        let reporter = self.reporter.as_ref()?;
        match reporter.ask(&candidate.job_config(&self.params, self.base)) {
            Some(numbers) => self.checker.check_reported(&candidate.values, network, &numbers),
            // Without an answer the whole setup fails, so that the reason does not matter.
            None => Some((Rejection::Network(None), None)),
        }
    }
}
