//! Error distribution functions of the populations, with who is in them and who is not.

use sweep_config::records::JobState;

use super::{figure, legend};
use crate::analyze::plot::{self, short};
use crate::analyze::population::Population;
use crate::analyze::report::Section;
use crate::analyze::stats::Summary;
use crate::app::count;

/// How many jobs of a population have an error, and how many of these are not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// All its jobs.
    pub jobs: usize,
    /// Those with an error.
    pub with_error: usize,
    /// Those with an error that are not done: theirs is the best so far.
    pub unfinished: usize,
}

impl Counted {
    /// The count of a population.
    #[must_use]
    pub fn of(population: &Population) -> Self {
        let ranked = population.ranked();
        let unfinished = ranked.iter().filter(|&&row| population.states[row] != JobState::Done);
        Self {
            jobs: population.rows.len(),
            with_error: ranked.len(),
            unfinished: unfinished.count(),
        }
    }

    /// The count in a sentence.
    fn sentence(self, name: &str) -> String {
        let Self { jobs, with_error, unfinished } = self;
        let mut text = format!("{name}: {with_error} of {} have an error", count(jobs, "job"));
        if with_error < jobs {
            let missing = jobs - with_error;
            let never = if missing == 1 { "is not in the figure" } else { "are not in the figure" };
            text.push_str(&format!("; {missing} never got as far as a test and {never}"));
        }
        if unfinished > 0 {
            let with =
                if unfinished == 1 { "is not done and enters" } else { "are not done and enter" };
            text.push_str(&format!("; {unfinished} {with} with the best error so far"));
        }
        text + "."
    }
}

/// A section with one EDF a population.
#[must_use]
pub fn edf(id: &str, title: &str, intro: String, populations: &[Population]) -> Section {
    let samples: Vec<Vec<f64>> = populations.iter().map(Population::sorted_errors).collect();
    let mut section =
        Section { id: id.to_owned(), title: title.to_owned(), wide: true, ..Section::default() };
    if !intro.is_empty() {
        section.paragraphs.push(intro);
    }
    section.paragraphs.extend(populations.iter().map(|p| Counted::of(p).sentence(&p.name)));
    let Some(plot) = plot::edf(&samples, "error") else {
        section.warnings.push("No job has an error yet: there is nothing to draw.".to_owned());
        return section;
    };
    let legends = populations.iter().zip(&samples).enumerate().filter_map(|(i, (p, sample))| {
        let Summary { n, min, mean } = Summary::of(sample)?;
        Some(legend(i, format!("{}: n = {n}, min {}, mean {}", p.name, short(min), short(mean))))
    });
    let end = plot.x.ends().1;
    let beyond = samples.iter().flatten().filter(|&&error| error > end).count();
    let note = match beyond {
        0 => String::new(),
        n => format!("{} above {} beyond the right edge.", count(n, "job"), short(end)),
    };
    match figure(&plot, "Error distribution function".to_owned(), legends.collect(), note) {
        Ok(figure) => section.figures.push(figure),
        Err(why) => section.warnings.push(why),
    }
    section
}
