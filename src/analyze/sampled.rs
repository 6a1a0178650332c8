//! Captions that say what was sampled for a job: `OPTIM.BASE_LR 0.1 REGNET.DEPTH 8`.

use crate::page::number::{grouped, number};
use crate::trials::CellValue;
use crate::trials::Trial;

/// A space at which no line ends.
const NO_BREAK: char = '\u{a0}';

/// Returns what was sampled as a caption: short names and numbers; the sentence of the summary where its
/// values are not known.
pub(crate) fn brief(job: &Trial) -> String {
    if job.sampled.is_empty() {
        return job.sentence.clone();
    }
    caption(job.sampled.iter())
}

/// Returns that caption with spaces at which lines may end, for a terminal or a program.
pub(crate) fn plain(job: &Trial) -> String {
    brief(job).replace(NO_BREAK, " ")
}

/// Returns the caption of a config for a terminal: what was sampled alike for all its jobs, so that no seed of one of
/// them stands for all.
pub(crate) fn plain_of_config(jobs: &[&Trial]) -> String {
    match jobs {
        [] => String::new(),
        [job] => plain(job),
        [first, others @ ..] => {
            let is_shared = |(key, value): &(&str, &CellValue)| {
                others.iter().all(|job| job.sampled.get(key) == Some(*value))
            };
            caption(first.sampled.iter().filter(is_shared)).replace(NO_BREAK, " ")
        }
    }
}

fn caption<'v>(sampled: impl Iterator<Item = (&'v str, &'v CellValue)>) -> String {
    let words = sampled.map(|(key, value)| format!("{}{NO_BREAK}{}", last_part(key), tidy(value)));
    words.collect::<Vec<_>>().join(&format!("{NO_BREAK}· "))
}

/// Returns the last part of a dotted name.
pub(crate) fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// Returns a value as text, with at most four significant digits if it is a number that may have a fraction, and with all of
/// a whole number, which may be a seed.
pub(crate) fn tidy(value: &CellValue) -> String {
    match value {
        CellValue::Float(float) if float.is_finite() => number(*float),
        CellValue::Int(int) => grouped(&int.to_string()).replace('-', "−"),
        _ => value.spelled().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use sweep_config::JobId;
    use sweep_config::records::JobState;

    use super::*;
    use crate::trials::{SampledRow, SampledValues};

    fn job(sentence: &str, sampled: &[(&str, CellValue)]) -> Trial {
        let sampled = SampledValues::from_iter([(JobId(0), sampled.to_vec())]).into_rows().next();
        Trial {
            sentence: sentence.to_owned(),
            sampled: sampled.unwrap_or_else(SampledRow::default),
            ..Trial::new(JobId(0), JobState::Done)
        }
    }

    #[test]
    fn a_config_is_told_by_what_its_jobs_share() {
        let of_seed =
            |seed| job("", &[("lr", CellValue::Float(0.1)), ("seed", CellValue::Int(seed))]);
        assert_eq!(plain_of_config(&[&of_seed(0), &of_seed(1)]), "lr 0.1");
        assert_eq!(plain_of_config(&[&of_seed(0)]), "lr 0.1 · seed 0");
    }

    #[test]
    fn a_sentence_of_unknown_parameters_stays_as_it_is() {
        assert_eq!(brief(&job("MOMENTUM 0.9", &[])), "MOMENTUM 0.9");
        let values = [("O.LR", CellValue::Float(0.999_362_189_3)), ("W", CellValue::Int(12_345))];
        assert_eq!(brief(&job("", &values)), "LR\u{a0}0.9994\u{a0}· W\u{a0}12,345");
    }
}
