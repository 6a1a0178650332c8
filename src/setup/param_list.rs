//! The parameters of a sweep, for which a candidate has values.

use sweep_config::Value;

/// The parameters, in the order of a candidate's values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ParamList {
    names: Vec<String>,
    /// The places of the parameters that only describe a job and are not in its config.
    labels: Vec<usize>,
    /// The parameters that become labels as soon as they are placed.
    helpers: Vec<String>,
}

impl ParamList {
    /// Lists parameters that are all in the job config.
    pub(crate) fn new(names: Vec<String>) -> Self {
        Self { names, ..Self::default() }
    }

    /// Returns their dotted paths.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the place of a parameter, which is put behind the others if it is new: several branches may
    /// have the same.
    pub(crate) fn place(&mut self, name: &str) -> usize {
        self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            let place = self.names.len() - 1;
            if self.helpers.iter().any(|helper| helper == name) {
                self.label(place);
            }
            place
        })
    }

    /// Marks helpers, which only describe a job: those that are here and those that are placed later.
    pub(crate) fn label_all(&mut self, helpers: &[String]) {
        let is_helper = |(_, name): &(usize, &String)| helpers.contains(name);
        self.labels.extend(self.names.iter().enumerate().filter(is_helper).map(|(i, _)| i));
        self.helpers = helpers.to_vec();
    }

    /// Marks a parameter as one that only describes a job.
    pub(crate) fn label(&mut self, place: usize) {
        self.labels.push(place);
    }

    /// Returns true if a parameter only describes a job.
    pub(crate) fn is_label(&self, place: usize) -> bool {
        self.labels.contains(&place)
    }

    /// Returns true if every parameter is in the job config.
    pub(crate) fn have_no_label(&self) -> bool {
        self.labels.is_empty()
    }

    /// Returns the parameters that a candidate has, with their values.
    pub(crate) fn given<'a>(
        &'a self,
        values: &'a [Option<Value>],
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let pairs = self.names.iter().zip(values);
        pairs.filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?)))
    }

    /// Returns the parameters that a candidate has in its job config, with their values.
    pub(crate) fn in_config<'a>(
        &'a self,
        values: &'a [Option<Value>],
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let pairs = self.names.iter().zip(values).enumerate();
        pairs.filter_map(|(place, (name, value))| {
            Some((name.as_str(), value.as_ref().filter(|_| !self.is_label(place))?))
        })
    }
}
