//! The parameters of a sweep: what a candidate has values for.

use sweep_config::Value;

use super::sampler::Drawn;

/// The parameters, in the order of a candidate's values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Params {
    names: Vec<String>,
    /// The places of those that describe a job and are not in its config.
    labels: Vec<usize>,
}

impl Params {
    /// Parameters that are all in the job config.
    pub(crate) fn new(names: Vec<String>) -> Self {
        Self { names, labels: Vec::new() }
    }

    /// Their dotted paths.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a parameter, behind the others if it is a new one: several branches may have it.
    pub(crate) fn place(&mut self, name: &str) -> usize {
        self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
    }

    /// Says that a parameter only describes a job.
    pub(crate) fn label(&mut self, place: usize) {
        self.labels.push(place);
    }

    /// Whether a parameter only describes a job.
    pub(crate) fn is_label(&self, place: usize) -> bool {
        self.labels.contains(&place)
    }

    /// Whether every parameter is in the job config.
    pub(crate) fn have_no_label(&self) -> bool {
        self.labels.is_empty()
    }

    /// Those that a candidate has, with their values.
    pub(crate) fn given<'a>(
        &'a self,
        values: &'a [Drawn],
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let pairs = self.names.iter().zip(values);
        pairs.filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?)))
    }

    /// Of those that a candidate has the ones that are in its job config.
    pub(crate) fn in_config<'a>(
        &'a self,
        values: &'a [Drawn],
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let pairs = self.names.iter().zip(values).enumerate();
        pairs.filter_map(|(place, (name, value))| {
            Some((name.as_str(), value.as_ref().filter(|_| !self.is_label(place))?))
        })
    }
}
