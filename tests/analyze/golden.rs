//! The numbers of the report against those of pycls's own analysis, over a sweep of 200 jobs.

use std::fs::File;
use std::sync::Arc;

use crate::common::{Sandbox, fixture};
use parquet::basic::{LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::Value;
use sweep_config::{ClosedInterval, KeptValues, MetricFilter, SweepDir};
use sweepkit::analyze::group::JobGroup;
use sweepkit::analyze::population::Population;
use sweepkit::analyze::stats::{EmpiricalDistribution, SampleSummary, best_range};
use sweepkit::trials::{Metric, Objective, SentenceParser};

/// What pycls computed, and the sweep that it computed it of.
struct Golden {
    pycls: Value,
    population: Population,
}

fn golden() -> Golden {
    let text = std::fs::read_to_string(fixture("analyze/sweep200.json")).unwrap();
    let pycls: Value = serde_json::from_str(&text).unwrap();
    let sandbox = Sandbox::new();
    let dir = SweepDir::new(sandbox.path());
    let columns = pycls["columns"].as_object().unwrap().iter();
    let columns: Vec<_> = columns.map(|(name, values)| (name.as_str(), column(values))).collect();
    write_table(File::create(dir.sweep_parquet()).unwrap(), &columns);
    let mut population =
        Population::read("sweep200", dir.clone(), None, SentenceParser::default).unwrap();
    let objective = Objective::error(&[&population.table]);
    population.rank(&[objective]);
    Golden { pycls, population }
}

/// The values of a column of a table.
enum ColumnData<'a> {
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<&'a str>>),
}

fn column(values: &Value) -> ColumnData<'_> {
    let values = values.as_array().unwrap();
    if values.iter().any(Value::is_string) {
        ColumnData::Texts(values.iter().map(Value::as_str).collect())
    } else {
        ColumnData::Numbers(values.iter().map(Value::as_f64).collect())
    }
}

/// Writes columns by name.
fn write_table(file: File, columns: &[(&str, ColumnData<'_>)]) {
    let field = |(name, data): &(&str, ColumnData<'_>)| {
        let (kind, logical) = match data {
            ColumnData::Numbers(_) => (PhysicalType::DOUBLE, None),
            ColumnData::Texts(_) => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Type::primitive_type_builder(name, kind)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        Arc::new(field.build().unwrap())
    };
    let fields = columns.iter().map(field).collect();
    let schema = Type::group_type_builder("sweep").with_fields(fields).build().unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for (_, data) in columns {
        let mut column = group.next_column().unwrap().unwrap();
        match data {
            ColumnData::Numbers(all) => {
                let levels: Vec<i16> = all.iter().map(|value| i16::from(value.is_some())).collect();
                let values: Vec<f64> = all.iter().flatten().copied().collect();
                column.typed::<DoubleType>().write_batch(&values, Some(&levels), None).unwrap();
            }
            ColumnData::Texts(all) => {
                let levels: Vec<i16> = all.iter().map(|value| i16::from(value.is_some())).collect();
                let values: Vec<ByteArray> =
                    all.iter().flatten().map(|text| (*text).into()).collect();
                column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            }
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

impl Golden {
    fn group(&self) -> JobGroup<'_> {
        JobGroup::whole("sweep200".to_owned(), &self.population)
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// pycls's `{metric: [min, med, max]}`.
fn filters(value: &Value) -> Vec<MetricFilter> {
    let filter = |(metric, range): (&String, &Value)| {
        let range = numbers(range);
        MetricFilter {
            metric: metric.clone(),
            keep: KeptValues::Range(ClosedInterval { low: range[0], high: range[2] }),
        }
    };
    value.as_object().unwrap().iter().map(filter).collect()
}

/// The numbers of the jobs that have an error, which are all that pycls keeps.
fn tested(group: &JobGroup<'_>) -> Vec<String> {
    let rows = group.rows().iter().filter(|&&row| group.error(row).is_some());
    rows.map(|&row| group.job(row).id.to_string()).collect()
}

#[track_caller]
fn assert_close(ours: f64, theirs: f64, what: &str) {
    let scale = ours.abs().max(theirs.abs()).max(1.0);
    assert!((ours - theirs).abs() <= 1e-12 * scale, "{what}: {ours} is not {theirs}");
}

/// The range of the best in the numbers that pycls has for it.
fn range(group: &JobGroup<'_>, name: &str) -> [f64; 3] {
    let metric = Metric::named(name);
    let points = group.points(&metric).unwrap();
    let pairs: Vec<(f64, f64)> = points.iter().map(|p| (p.error, p.value)).collect();
    let best = best_range(&pairs).unwrap();
    [best.low, best.median, best.high].map(|value| metric.as_pycls(value))
}

#[test]
fn the_jobs_and_their_errors_are_pyclss() {
    let golden = golden();
    let (group, edf) = (golden.group(), &golden.pycls["edf"]);
    assert_eq!(tested(&group), texts(&golden.pycls["jobs"]));
    // pycls counts unfinished jobs with their errors so far.
    assert_eq!(EmpiricalDistribution::of(group.errors()).sorted(), numbers(&edf["errors_sorted"]));
    let summary = SampleSummary::of(&group.errors()).unwrap();
    assert_eq!(summary.n as u64, edf["n"].as_u64().unwrap());
    assert_close(summary.min, edf["min"].as_f64().unwrap(), "min");
    assert_close(summary.mean, edf["mean"].as_f64().unwrap(), "mean");
}

#[test]
fn every_metric_has_the_value_that_pycls_gives_it() {
    let golden = golden();
    let group = golden.group();
    let metrics = golden.pycls["vals"].as_object().unwrap();
    assert!(metrics.len() > 18);
    for (name, theirs) in metrics {
        let metric = Metric::named(name);
        let ours: Vec<f64> =
            group.points(&metric).unwrap().iter().map(|p| metric.as_pycls(p.value)).collect();
        assert_eq!(ours.len(), theirs.as_array().unwrap().len(), "{name}");
        for (ours, theirs) in ours.into_iter().zip(numbers(theirs)) {
            assert_close(ours, theirs, name);
        }
    }
}

#[test]
fn the_range_of_the_best_is_the_limit_of_pyclss_bootstrap_for_every_metric() {
    let golden = golden();
    let limits = golden.pycls["exact_b_to_infinity"].as_object().unwrap();
    assert!(limits.len() > 15);
    for (metric, limit) in limits {
        for (ours, theirs) in range(&golden.group(), metric).into_iter().zip(numbers(limit)) {
            assert_close(ours, theirs, metric);
        }
    }
}

#[test]
fn filters_keep_the_jobs_that_pycls_keeps() {
    let golden = golden();
    let cases = golden.pycls["apply_filters"].as_array().unwrap();
    assert!(cases.len() > 4);
    for case in cases {
        let kept = golden.group().filtered("kept".to_owned(), &filters(&case["filters"])).unwrap();
        assert_eq!(tested(&kept), texts(&case["jobs"]), "{}", case["filters"]);
    }
}

#[test]
fn splits_have_the_jobs_and_ranges_that_pycls_gives_them() {
    let golden = golden();
    let before = filters(&golden.pycls["split_pre_filters"]);
    let whole = golden.group().filtered("done".to_owned(), &before).unwrap();
    for (name, split) in golden.pycls["split"].as_object().unwrap() {
        let part = whole.filtered(name.clone(), &filters(&split["filters"])).unwrap();
        assert_eq!(tested(&part), texts(&split["jobs"]), "{name}");
        assert_close(part.summary().unwrap().mean, split["mean"].as_f64().unwrap(), name);
        for (metric, limit) in split["exact"].as_object().unwrap() {
            for (ours, theirs) in range(&part, metric).into_iter().zip(numbers(limit)) {
                assert_close(ours, theirs, metric);
            }
        }
    }
}

#[test]
fn jobs_are_ranked_as_pycls_lists_them() {
    let golden = golden();
    let group = golden.group();
    let error_of = |id: &str| {
        let row = group.rows().iter().find(|&&row| group.job(row).id.to_string() == id);
        group.error(*row.unwrap()).unwrap()
    };
    let theirs: Vec<f64> = texts(&golden.pycls["ranked"]).into_iter().map(error_of).collect();
    let ours: Vec<f64> = group.ranked().iter().map(|&row| group.error(row).unwrap()).collect();
    assert_eq!(ours, theirs, "equal errors aside, in the same order");
}

#[test]
fn a_number_that_is_not_one_is_missing() {
    let sandbox = Sandbox::new();
    let dir = SweepDir::new(sandbox.path());
    let errors = ColumnData::Numbers(vec![Some(1.0), Some(f64::NAN), None]);
    let jobs = ColumnData::Numbers(vec![Some(0.0), Some(1.0), Some(2.0)]);
    let columns = [("job", jobs), ("test_epoch.min_top1_err.min", errors)];
    write_table(File::create(dir.sweep_parquet()).unwrap(), &columns);
    let mut population =
        Population::read("sweep200", dir.clone(), None, SentenceParser::default).unwrap();
    let objective = Objective::error(&[&population.table]);
    population.rank(&[objective]);
    let group = JobGroup::whole("odd".to_owned(), &population);
    assert_eq!(group.losses(), [1.0]);
    assert!(population.curves.is_err(), "there is no curves.parquet, which is no reason to stop");
}
