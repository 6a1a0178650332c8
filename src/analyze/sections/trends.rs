//! How each metric's range moves over the populations.

use super::{figure, legend};
use crate::analyze::metric::Metric;
use crate::analyze::plot::{self, Trend, short};
use crate::analyze::population::Population;
use crate::analyze::report::{FigureView, Section};
use crate::analyze::stats::{Span, best_range};

/// A section of trend plots, one a metric.
#[must_use]
pub fn trends(id: &str, title: &str, metrics: &[String], populations: &[Population]) -> Section {
    let mut section = Section { id: id.to_owned(), title: title.to_owned(), ..Section::default() };
    section.paragraphs.push(
        "The light bar is the range of all jobs, the dark one that of the best, the point its median.".to_owned(),
    );
    for name in metrics {
        match trend(name, populations) {
            Ok(figure) => section.figures.push(figure),
            Err(why) => section.warnings.push(why),
        }
    }
    section
}

fn trend(name: &str, populations: &[Population]) -> Result<FigureView, String> {
    let metrics = populations.iter().map(|p| Metric::of(&p.frame, name));
    let metrics = metrics.collect::<Result<Vec<_>, _>>()?;
    let first = metrics.first().ok_or_else(|| format!("`{name}`: there is no population."))?;
    let log = first.log;
    let trends: Option<Vec<Trend>> = populations
        .iter()
        .zip(&metrics)
        .map(|(population, metric)| {
            let drawable = |v: &f64| v.is_finite() && (!log || *v > 0.0);
            let pairs: Vec<(f64, f64)> = population
                .ranked()
                .into_iter()
                .map(|row| (population.errors[row], metric.values[row]))
                .filter(|(_, value)| drawable(value))
                .collect();
            let full = Span::of(pairs.iter().map(|pair| pair.1))?;
            Some(Trend { name: population.name.clone(), full, best: best_range(&pairs)? })
        })
        .collect();
    let trends = trends.ok_or_else(|| format!("`{name}`: a population has no value of it."))?;
    let plot = plot::trend(&trends, &first.label, log)
        .ok_or_else(|| format!("`{name}`: there is nothing to draw."))?;
    let legends = trends.iter().enumerate().map(|(i, trend)| {
        let (low, high) = (short(trend.best.low), short(trend.best.high));
        legend(i, format!("{}: {} [{low}, {high}]", trend.name, short(trend.best.median)))
    });
    figure(&plot, format!("Trend of {}", first.label), legends.collect(), String::new())
}
