//! The numbers at the top: how many jobs, in which states, and the best.

use crate::analyze::plot::short;
use crate::analyze::population::Population;
use crate::analyze::report::Fact;

/// The facts of the sweep that the report is about.
#[must_use]
pub fn facts(population: &Population) -> Vec<Fact> {
    let fact = |value: String, label: &str| Fact { value, label: label.to_owned() };
    let mut facts = vec![fact(population.rows.len().to_string(), "jobs")];
    for (state, count) in population.count_states() {
        facts.push(fact(count.to_string(), state.name()));
    }
    if let Some(&best) = population.ranked().first() {
        let label = format!("best error, job {}", population.jobs[best]);
        facts.push(Fact { value: short(population.errors[best]), label });
    }
    facts
}
