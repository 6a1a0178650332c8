//! The units of what pycls logs. Of other names no unit is known, and none is guessed.

use sweep_config::table;

/// The unit of a metric's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MeasureUnit {
    /// Not known, or none.
    #[default]
    Unknown,
    /// Percent; differences are in points.
    Percent,
    /// Seconds.
    Seconds,
    /// Megabytes.
    Megabytes,
}

impl MeasureUnit {
    /// Returns the unit of a column by its name, as pycls logs it: phases of their own with errors in percent.
    pub fn of_column(column: &str) -> Self {
        if column == table::SECONDS {
            return Self::Seconds;
        }
        let suffixes = [table::MIN, table::MAX, table::MEAN];
        let plain = suffixes.iter().find_map(|suffix| column.strip_suffix(suffix));
        let Some((phase, name)) = plain.unwrap_or(column).split_once('.') else {
            return Self::Unknown;
        };
        match (phase, name) {
            ("epoch_times" | "iter_times", _) => Self::Seconds,
            ("train_epoch" | "test_epoch" | "test_ema_epoch", name) => match name {
                "top1_err" | "top5_err" | "min_top1_err" | "min_top5_err" => Self::Percent,
                "time_epoch" | "time_avg" => Self::Seconds,
                "mem" => Self::Megabytes,
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    /// Returns the unit where such values have it: a program that logs by pycls's names may still log shares, so that
    /// errors of which none is above 1 are of no known unit.
    #[must_use]
    pub fn of_values(self, mut values: impl Iterator<Item = f64>) -> Self {
        match self {
            Self::Percent if !values.any(|value| value.abs() > 1.0) => Self::Unknown,
            unit => unit,
        }
    }

    /// Returns its sign; empty of an unknown one.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Percent => "%",
            Self::Seconds => "s",
            Self::Megabytes => "MB",
        }
    }

    /// Returns a name with the unit, as an axis or a column has it: `error (%)`.
    pub fn named(self, label: &str) -> String {
        match self.sign() {
            "" => label.to_owned(),
            sign => format!("{label} ({sign})"),
        }
    }

    /// Returns the text of a value with the unit: `5.8 %`.
    pub fn behind(self, value: String) -> String {
        if self == Self::Unknown { value } else { format!("{value} {}", self.sign()) }
    }

    /// Returns the text of a difference with its unit: `1.2 points`.
    pub fn behind_difference(self, value: String) -> String {
        if self == Self::Percent { format!("{value} points") } else { self.behind(value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_pycls_have_units() {
        let unit = MeasureUnit::of_column;
        assert_eq!(unit("test_ema_epoch.min_top1_err.min"), MeasureUnit::Percent);
        assert_eq!(unit("train_epoch.mem.max"), MeasureUnit::Megabytes);
        assert_eq!(unit("epoch_times.train_fw_bw_time"), MeasureUnit::Seconds);
        assert_eq!(unit("seconds"), MeasureUnit::Seconds);
        let unknown = ["top1_err", "val.top1_err", "test_epoch.loss", "metrics.accuracy", "mem"];
        assert!(unknown.iter().all(|name| unit(name) == MeasureUnit::Unknown));
    }

    #[test]
    fn errors_that_may_be_shares_have_no_unit() {
        let of = |values: [f64; 2]| MeasureUnit::Percent.of_values(values.into_iter());
        assert_eq!(of([0.2, 0.9]), MeasureUnit::Unknown);
        assert_eq!(of([0.2, 5.8]), MeasureUnit::Percent);
    }

    #[test]
    fn a_difference_of_percentages_is_in_points() {
        let unit = MeasureUnit::Percent;
        assert_eq!(unit.named("error"), "error (%)");
        assert_eq!(unit.behind("5.8".to_owned()), "5.8 %");
        assert_eq!(unit.behind_difference("1.2".to_owned()), "1.2 points");
        assert_eq!(MeasureUnit::Unknown.behind("5.8".to_owned()), "5.8");
    }
}
