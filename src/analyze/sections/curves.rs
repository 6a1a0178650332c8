//! Learning curves of the best or the worst jobs.

use sweep_config::table::{EPOCH, EPOCH_MAX, JOB, PHASE};

use super::{figure, legend};
use crate::analyze::frame::Frame;
use crate::analyze::plot::{self, Curve, short};
use crate::analyze::population::Population;
use crate::analyze::report::{FigureView, Section};
use crate::analyze::stats::Span;

/// The phases that are drawn, and what the legend calls them.
const PHASES: [(&str, &str); 3] = [
    ("train_epoch", "train"),
    ("test_epoch", "test"),
    ("test_ema_epoch", "test, averaged weights"),
];

/// The metrics that may be drawn; the first that the curves have is.
const METRICS: [&str; 3] = ["top1_err", "error", "loss"];

/// The rows of `curves.parquet` that matter.
struct Curves {
    jobs: Vec<f64>,
    phases: Vec<String>,
    epochs: Vec<f64>,
    epoch_max: Vec<f64>,
    metric: &'static str,
    values: Vec<f64>,
}

/// A section with the curves of the `n` best (or worst) jobs of each population.
#[must_use]
pub fn curves(populations: &[Population], n: usize, worst: bool) -> Section {
    let (id, title) = if worst { ("worst", "Worst jobs") } else { ("best", "Best jobs") };
    let mut section = Section { id: id.to_owned(), title: title.to_owned(), ..Section::default() };
    section
        .paragraphs
        .push("Error over the epochs, the job's number and what was sampled for it.".to_owned());
    let loaded: Vec<_> = populations.iter().map(load).collect();
    let chosen: Vec<Vec<usize>> = populations.iter().map(|p| choose(p, n, worst)).collect();
    let span = populations.iter().zip(&loaded).zip(&chosen).flat_map(|((p, curves), rows)| {
        let curves = curves.as_ref().ok();
        curves.into_iter().flat_map(|c| rows.iter().filter_map(|&row| c.span(p.jobs[row].0)))
    });
    let span = span.reduce(Span::join);
    for ((population, curves), rows) in populations.iter().zip(&loaded).zip(&chosen) {
        match (curves, span) {
            (Err(why), _) => section.warnings.push(why.clone()),
            (Ok(_), None) => {
                section.warnings.push(format!("{}: no job has a learning curve.", population.name));
            }
            (Ok(curves), Some(span)) => {
                for &row in rows {
                    match job(population, curves, row, span) {
                        Ok(figure) => section.figures.push(figure),
                        Err(why) => section.warnings.push(why),
                    }
                }
            }
        }
    }
    section
}

fn choose(population: &Population, n: usize, worst: bool) -> Vec<usize> {
    let mut ranked = population.ranked();
    if worst {
        ranked.reverse();
    }
    ranked.truncate(n);
    ranked
}

fn load(population: &Population) -> Result<Curves, String> {
    let mut columns = vec![JOB, PHASE, EPOCH, EPOCH_MAX];
    columns.extend(METRICS);
    let frame = Frame::read(&population.dir.curves_parquet(), Some(&columns))
        .map_err(|e| format!("{}: {e}.", population.name))?;
    let metric = METRICS
        .into_iter()
        .find(|metric| frame.names().contains(metric))
        .ok_or_else(|| format!("{}: no job logged {}.", population.name, METRICS.join(", ")))?;
    Ok(Curves {
        jobs: frame.numbers(JOB),
        phases: frame.texts(PHASE),
        epochs: frame.numbers(EPOCH),
        epoch_max: frame.numbers(EPOCH_MAX),
        values: frame.numbers(metric),
        metric,
    })
}

impl Curves {
    /// The rows of a job that have a number.
    fn of(&self, job: u32) -> impl Iterator<Item = usize> + '_ {
        let job = f64::from(job);
        let first = self.jobs.partition_point(move |&j| j < job);
        (first..self.jobs.len())
            .take_while(move |&i| self.jobs[i] <= job)
            .filter(|&i| self.values[i].is_finite())
    }

    fn span(&self, job: u32) -> Option<Span> {
        Span::of(self.of(job).map(|i| self.values[i]))
    }

    fn phase(&self, job: u32, phase: &str) -> Vec<(f64, f64)> {
        let rows = self.of(job).filter(|&i| self.phases[i] == phase);
        rows.map(|i| (self.epochs[i], self.values[i])).collect()
    }

    fn epochs(&self, job: u32) -> f64 {
        self.of(job).map(|i| self.epoch_max[i].max(self.epochs[i])).fold(1.0, f64::max)
    }
}

fn job(
    population: &Population,
    curves: &Curves,
    row: usize,
    span: Span,
) -> Result<FigureView, String> {
    let job = population.jobs[row];
    let drawn: Vec<Curve> = PHASES
        .iter()
        .enumerate()
        .map(|(series, (phase, _))| Curve { series, points: curves.phase(job.0, phase) })
        .collect();
    let title = format!("{} job {job}", population.name);
    let plot = plot::curves(&drawn, curves.metric, span, curves.epochs(job.0), &title)
        .ok_or_else(|| format!("{title}: no learning curve was logged."))?;
    let legends = drawn.iter().zip(PHASES).filter_map(|(curve, (_, name))| {
        let least = curve.points.iter().map(|point| point.1).reduce(f64::min)?;
        Some(legend(curve.series, format!("{name}: least {}", short(least))))
    });
    let caption = format!("{title}: error {}", short(population.errors[row]));
    figure(&plot, caption, legends.collect(), population.sampled[row].clone())
}
