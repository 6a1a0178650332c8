use proptest::prelude::*;

use super::*;

fn numbers(name: &str, values: impl IntoIterator<Item = f64>) -> FeatureColumn<'_> {
    FeatureColumn { name, values: values.into_iter().map(FeatureValue::Number).collect() }
}

fn texts<'a>(name: &'a str, values: impl IntoIterator<Item = &'a str>) -> FeatureColumn<'a> {
    FeatureColumn { name, values: values.into_iter().map(FeatureValue::Text).collect() }
}

/// The first `n` of `all` jobs are the group.
fn first(n: usize, all: usize) -> Vec<bool> {
    (0..all).map(|job| job < n).collect()
}

fn sentences(columns: &[FeatureColumn<'_>], in_group: &[bool]) -> Vec<String> {
    common(columns, in_group).iter().map(CommonTrait::sentence).collect()
}

#[test]
fn a_threshold_is_found_between_the_jobs_that_failed_and_the_others() {
    let sizes = |job: u16| match job {
        0..37 => [512.0, 1024.0][usize::from(job % 2)],
        37..41 => 512.0,
        _ => [64.0, 128.0, 256.0][usize::from(job % 3)],
    };
    let batch = numbers("cfg.TRAIN.BATCH_SIZE", (0..197).map(sizes));
    let rate = numbers("cfg.OPTIM.LR", (0..197).map(|job| f64::from(job * 7919 % 197) / 197.0));
    let same = texts("cfg.MODEL.TYPE", std::iter::repeat_n("vit", 197));
    let found = common(&[rate, same, batch], &first(37, 197));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].sentence(), "All 37 have TRAIN.BATCH_SIZE >= 512 (other jobs: 4 of 160)");
    // 589 tests: 2 * 196 thresholds of the rate; 5 sizes and 2 * 4 thresholds.
    let p = 405.0 * FisherTable { inside: 37, group: 37, outside: 4, others: 160 }.p();
    assert!((found[0].p - p).abs() < 1e-12 * p, "{} {p}", found[0].p);
    assert!((found[0].odds - 37.5 * 156.5 / (0.5 * 4.5)).abs() < 1e-9);
}

#[test]
fn a_node_is_found_that_a_few_others_had_too() {
    let host = |job: usize| match job {
        0..=10 | 12..=14 => "n7",
        _ => ["n1", "n2", "n3", "n4"][job % 4],
    };
    let hosts = texts("host", (0..160).map(host));
    assert_eq!(sentences(&[hosts], &first(12, 160)), ["11 of 12 on n7 (other jobs: 3 of 148)"]);
}

#[test]
fn small_values_are_found_as_well_and_written_as_people_do() {
    let rate = numbers("cfg.LR", (0..60).map(|job| f64::from(1 + job) / 1e6));
    assert_eq!(
        sentences(&[rate], &first(20, 60)),
        ["All 20 have LR <= 2e-5 (other jobs: none of 40)"]
    );
}

#[test]
fn of_two_ways_to_say_the_same_the_simpler_is_told_and_other_columns_are_named() {
    let mut columns: Vec<FeatureColumn<'_>> = ["a", "b", "c", "d", "e"]
        .map(|name| numbers(name, (0..40).map(|job| if job < 10 { 2.0 } else { 1.0 })))
        .into();
    columns.insert(1, texts("t", (0..40).map(|job| if job < 10 { "x" } else { "y" })));
    let found = common(&columns, &first(10, 40));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].sentence(), "All 10 have a = 2 (other jobs: none of 30)");
    assert_eq!(found[0].also, ["t", "b", "c"]);
}

#[test]
fn what_may_be_chance_is_not_told() {
    let hosts = |n: usize| texts("host", (0..20).map(move |job| if job < n { "n7" } else { "n1" }));
    assert!(sentences(&[hosts(2)], &first(2, 20)).is_empty(), "two jobs prove nothing");
    assert_eq!(sentences(&[hosts(6)], &first(6, 20)).len(), 1);
    let columns: Vec<FeatureColumn<'_>> = (0_u32..50)
        .map(|seed| {
            let value = |job: u32| f64::from((job + 1) * (seed * 2 + 7919) % 1009);
            numbers("x", (0..200).map(value))
        })
        .collect();
    let drawn: Vec<bool> = (0_u32..200).map(|job| job * 2_654_435 % 97 < 15).collect();
    assert!(sentences(&columns, &drawn).is_empty());
}

#[test]
fn a_value_that_most_of_the_group_lack_or_that_all_have_is_not_told() {
    let half = texts("half", (0..100).map(|job| if job < 10 { "x" } else { "y" }));
    assert!(sentences(&[half], &first(20, 100)).is_empty());
    let all = texts("all", std::iter::repeat_n("x", 100));
    assert!(sentences(std::slice::from_ref(&all), &first(20, 100)).is_empty());
    assert!(sentences(std::slice::from_ref(&all), &first(0, 100)).is_empty());
    assert!(sentences(&[all], &first(100, 100)).is_empty());
    assert!(sentences(&[], &[]).is_empty());
}

#[test]
fn a_job_without_a_value_has_not_what_is_told() {
    let value = |job| match job {
        0..20 => FeatureValue::Number(3.0),
        20..25 => FeatureValue::Number(f64::NAN),
        25..30 => FeatureValue::Text("3x"),
        _ => FeatureValue::Missing,
    };
    let column = FeatureColumn { name: "DEPTH", values: (0..80).map(value).collect() };
    assert_eq!(
        sentences(&[column], &first(20, 80)),
        ["All 20 have DEPTH = 3 (other jobs: none of 60)"]
    );
}

proptest! {
    #[test]
    fn what_is_told_is_counted_right_and_no_input_panics(
        jobs in proptest::collection::vec((0_u8..6, any::<bool>(), any::<f64>(), any::<bool>()), 0..80),
    ) {
        let in_group: Vec<bool> = jobs.iter().map(|job| job.1).collect();
        let telling = |job: &(u8, bool, f64, bool)| match job {
            (0, ..) => FeatureValue::Missing,
            (_, true, _, true) => FeatureValue::Text("yes"),
            (n, is_in, ..) => FeatureValue::Number(f64::from(*n) + if *is_in { 4.0 } else { 0.0 }),
        };
        let columns = [
            FeatureColumn { name: "told", values: jobs.iter().map(telling).collect() },
            FeatureColumn { name: "any", values: jobs.iter().map(|job| FeatureValue::Number(job.2)).collect() },
        ];
        let found = common(&columns, &in_group);
        prop_assert_eq!(&found, &common(&columns, &in_group));
        for statement in &found {
            let column = columns.iter().find(|column| column.name == statement.column).unwrap();
            let holds = |is_in: bool| {
                let of = column.values.iter().zip(&in_group).filter(|(_, of)| **of == is_in);
                of.filter(|(value, _)| statement.test.holds(**value)).count()
            };
            prop_assert_eq!((holds(true), holds(false)), (statement.inside, statement.outside));
            prop_assert!(statement.p < CHANCE && statement.odds >= ODDS);
        }
    }
}
